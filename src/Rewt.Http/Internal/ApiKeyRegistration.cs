namespace Rewt.Internal;

/// <summary>That a client shows an API key.</summary>
internal sealed record ApiKeyRegistration(string Client);
