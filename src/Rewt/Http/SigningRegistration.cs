namespace Rewt.Internal;

/// <summary>
/// The name of an HTTP client that was registered with <c>AddRewtSigning</c>. The service collection contains one object of this class for each
/// client, so that a second call for the same client adds no second handler. <see cref="AllClients"/> stands for all clients
/// (<c>ConfigureHttpClientDefaults</c>).
/// </summary>
internal sealed record SigningRegistration(string Client)
{
    public const string AllClients = "(all clients)";
}
