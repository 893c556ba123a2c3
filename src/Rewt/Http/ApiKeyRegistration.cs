namespace Rewt.Internal;

/// <summary>A marker in the service collection: a client is registered with <c>AddRewtApiKey</c>.</summary>
internal sealed record ApiKeyRegistration(string Client);
