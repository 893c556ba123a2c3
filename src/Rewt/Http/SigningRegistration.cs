namespace Rewt.Internal;

/// <summary>
/// The name of an HTTP client that was registered with <c>AddRewtSigning</c>. The service collection contains one object of this class for each
/// client, so that a second call of <c>AddRewtSigning</c> for the same client adds no second handler. If <c>AddRewtSigning</c> is called in
/// <c>ConfigureHttpClientDefaults</c>, the name is <see cref="AllClients"/>.
/// </summary>
internal sealed record SigningRegistration(string Client)
{
    public const string AllClients = "(all clients)";
}
