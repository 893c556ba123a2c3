namespace Rewt.Internal;

/// <summary>
/// The description of the open Redis connection in the report of the doctor: server, version, mode, protocol, encryption, user and client library.
/// The description contains no password.
/// </summary>
/// <param name="Server">The address of the Redis server.</param>
/// <param name="Product">The product and the version of the server; <see langword="null"/> if the Redis user may not read them.</param>
/// <param name="Mode">The mode of the server: standalone, cluster or sentinel.</param>
/// <param name="Protocol">The protocol that the client and the server have agreed on.</param>
/// <param name="Tls">Whether the connection is encrypted.</param>
/// <param name="User">The name of the Redis user (ACL).</param>
/// <param name="Client">The name and the version of the client library.</param>
internal sealed record StoreConnection(string Server, string? Product, string Mode, string Protocol, bool Tls, string User, string Client)
{
    public override string ToString() =>
        $"{Product ?? "unknown version"} ({Mode}) at {Server}, {Protocol}, {(Tls ? "TLS" : "no TLS")}, user {User}, {Client}";
}
