namespace Rewt.AotSmoke;

internal sealed record Order(string UserId, int Number);
