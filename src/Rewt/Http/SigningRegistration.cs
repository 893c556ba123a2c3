namespace Rewt.Internal;

/// <summary>
/// A marker in the service collection: the HTTP client of this name has been registered with <c>AddRewtSigning</c>, so a second call adds no second
/// handler. <see cref="AllClients"/> stands for all clients (<c>ConfigureHttpClientDefaults</c>).
/// </summary>
internal sealed record SigningRegistration(string Client)
{
    public const string AllClients = "(all clients)";
}
