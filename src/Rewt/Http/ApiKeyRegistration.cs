namespace Rewt.Internal;

/// <summary>Marks a client as registered with <c>AddRewtApiKey</c>.</summary>
internal sealed record ApiKeyRegistration(string Client);
