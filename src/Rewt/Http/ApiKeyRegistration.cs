namespace Rewt.Internal;

/// <summary>
/// A marker in the service collection: the HTTP client of this name has been registered with <c>AddRewtApiKey</c>, so a second call adds no second
/// handler and its options are validated.
/// </summary>
internal sealed record ApiKeyRegistration(string Client);
