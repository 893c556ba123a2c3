using System.Net;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>The servers that the client library knows, in their state at one time.</summary>
/// <param name="LoggedIn">The servers to which the client library is connected. For these servers, TLS and the login are not the problem.</param>
/// <param name="LostNodes">The addresses that the nodes of a cluster announce, and to which the client library is not connected.</param>
internal sealed record KnownServers(IReadOnlyList<IServer> LoggedIn, IReadOnlyList<EndPoint> LostNodes)
{
    public static readonly KnownServers None = new([], []);

    /// <summary>Returns the servers of a multiplexer in their current state.</summary>
    public static KnownServers Of(IConnectionMultiplexer multiplexer)
    {
        var servers = multiplexer.GetServers();
        var connected = servers.Where(server => server.IsConnected).ToList();
        // The client library knows the type of a server only after it has been connected to the server.
        if (!connected.Exists(server => server.ServerType == ServerType.Cluster)) return new KnownServers(connected, []);
        return new KnownServers(connected, [.. servers.Where(server => !server.IsConnected).Select(server => server.EndPoint).Except(multiplexer.GetEndPoints(configuredOnly: true))]);
    }
}
