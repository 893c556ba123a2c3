namespace Rewt.Internal;

/// <summary>
/// A marker in the service collection: a client is registered with <c>AddRewtSigning</c>. <see cref="AllClients"/> stands for all clients
/// (<c>ConfigureHttpClientDefaults</c>).
/// </summary>
internal sealed record SigningRegistration(string Client)
{
    public const string AllClients = "(all clients)";
}
