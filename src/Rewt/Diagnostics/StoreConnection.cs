namespace Rewt.Internal;

/// <summary>
/// The open connection to Redis as the report of the doctor describes it: server, version, mode, protocol, encryption, user and client library,
/// without a password.
/// </summary>
/// <param name="Server">The address of the server that answers.</param>
/// <param name="Product">The server's product and version; <see langword="null"/> if the login may not read them.</param>
/// <param name="Mode">Standalone, cluster or sentinel.</param>
/// <param name="Protocol">The protocol that the client and the server have agreed on.</param>
/// <param name="Tls">Whether the connection is encrypted.</param>
/// <param name="User">The ACL user.</param>
/// <param name="Client">The client library and its version.</param>
internal sealed record StoreConnection(string Server, string? Product, string Mode, string Protocol, bool Tls, string User, string Client)
{
    public override string ToString() =>
        $"{Product ?? "unknown version"} ({Mode}) at {Server}, {Protocol}, {(Tls ? "TLS" : "no TLS")}, user {User}, {Client}";
}
