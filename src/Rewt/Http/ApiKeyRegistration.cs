namespace Rewt.Internal;

/// <summary>
/// The name of an HTTP client that was registered with <c>AddRewtApiKey</c>. The service collection contains one object of this class for each
/// client. With these objects, a second call of <c>AddRewtApiKey</c> for the same client adds no second handler, and the options of all clients can
/// be validated.
/// </summary>
internal sealed record ApiKeyRegistration(string Client);
