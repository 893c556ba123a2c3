using System.Net;

namespace Rewt.Internal;

/// <summary>Tells whether a host name or an IP address is this machine itself. Tokens and keys may be sent there over plain HTTP.</summary>
internal static class Loopback
{
    private const string Name = "localhost";

    /// <summary>Whether a host is this machine: a loopback address, <c>localhost</c>, or a name below it, which resolvers keep local (RFC 6761 §6.3).</summary>
    public static bool IsLoopback(string host) =>
        host.Equals(Name, StringComparison.OrdinalIgnoreCase)
        || host.EndsWith("." + Name, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
