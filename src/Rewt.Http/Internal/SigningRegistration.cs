namespace Rewt.Internal;

/// <summary>That a client signs; the name of the settings of all clients (<c>ConfigureHttpClientDefaults</c>) is <see cref="AllClients"/>.</summary>
internal sealed record SigningRegistration(string Client)
{
    public const string AllClients = "(all clients)";
}
