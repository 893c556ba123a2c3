namespace Rewt.Internal;

/// <summary>
/// Marks a client as registered with <c>AddRewtSigning</c>. <see cref="AllClients"/> stands for all clients (<c>ConfigureHttpClientDefaults</c>).
/// </summary>
internal sealed record SigningRegistration(string Client)
{
    public const string AllClients = "(all clients)";
}
