namespace Rewt.Samples.Login;

internal sealed record Credentials(string UserId, string Password);
