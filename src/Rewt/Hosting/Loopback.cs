using System.Net;

namespace Rewt.Internal;

/// <summary>
/// Determines whether a host name or an IP address is this machine itself. Tokens and keys may be sent to this machine over plain HTTP.
/// </summary>
internal static class Loopback
{
    private const string Name = "localhost";

    /// <summary>
    /// Returns whether a host is this machine: a loopback address, <c>localhost</c>, or a name that ends with <c>.localhost</c> (RFC 6761 §6.3).
    /// </summary>
    public static bool IsLoopback(string host) =>
        host.Equals(Name, StringComparison.OrdinalIgnoreCase)
        || host.EndsWith("." + Name, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
