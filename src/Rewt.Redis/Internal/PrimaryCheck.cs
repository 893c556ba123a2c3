using System.Net;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Which server is the primary, where several are connected and none is of a cluster. An old primary that returns after a failover calls itself primary
/// until Sentinel has told it otherwise, and the client library sends commands to either: two primaries are an outage until one is left.
/// </summary>
internal sealed class PrimaryCheck(TimeProvider time)
{
    /// <summary>A role holds for a moment: a server that changes its role is found out by the next read.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private Moment? _confirmedAt;

    /// <summary>Confirms that there is one primary, unless that was done a moment ago and nothing speaks against it.</summary>
    /// <exception cref="RedisConnectionException">More than one server is a primary.</exception>
    public Task RunAsync(IConnectionMultiplexer multiplexer, TimeSpan limit, CancellationToken cancellationToken)
    {
        var servers = multiplexer.GetServers();
        if (servers.Length < 2) return Task.CompletedTask;
        var isAmbiguous = servers.Count(server => IsCandidate(server) && !server.IsReplica) > 1;
        return !isAmbiguous && _confirmedAt is { } at && at.Elapsed(time) < GoodFor ? Task.CompletedTask : ConfirmAsync(multiplexer, limit, cancellationToken);
    }

    /// <summary>Asks each connected server for its role. The client library learns of a role only when it connects, and once a minute.</summary>
    /// <exception cref="RedisConnectionException">More than one server is a primary.</exception>
    public async Task ConfirmAsync(IConnectionMultiplexer multiplexer, TimeSpan limit, CancellationToken cancellationToken)
    {
        var servers = multiplexer.GetServers().Where(IsCandidate).ToList();
        if (servers.Count < 2) return;

        var roles = (await Task.WhenAll(servers.Select(server => RoleAsync(server, limit, cancellationToken))).ConfigureAwait(false)).OfType<Role>().ToList();
        // One server may have several addresses.
        var primaries = roles.Where(role => role.IsPrimary).DistinctBy(role => role.History, StringComparer.Ordinal).ToList();
        if (primaries.Count > 1)
        {
            throw new RedisConnectionException(
                ConnectionFailureType.UnableToConnect,
                $"Two Redis servers are primaries, {Name(primaries[0].Server)} and {Name(primaries[1].Server)}; only one of them may be.");
        }

        if (roles.Exists(role => role.IsPrimary == role.Server.IsReplica))
        {
            await multiplexer.ConfigureAsync().WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }

        _confirmedAt = Moment.Now(time);
    }

    private static bool IsCandidate(IServer server) => server is { IsConnected: true, ServerType: ServerType.Standalone };

    /// <returns><see langword="null"/> for a server that does not say, which stays what the client library takes it for.</returns>
    private async Task<Role?> RoleAsync(IServer server, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            var lines = (await InfoAsync(server).WithinAsync(limit, time, cancellationToken).ConfigureAwait(false) ?? string.Empty).Split("\r\n");
            var history = Array.Find(lines, line => line.StartsWith("master_replid:", StringComparison.Ordinal)) ?? Name(server);
            return new Role(server, lines.Contains("role:master", StringComparer.Ordinal), history);
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Client library 3.x counts INFO among the commands of administrators, which a multiplexer of the application may not allow.</summary>
    private static async Task<string?> InfoAsync(IServer server)
    {
        try
        {
            return (string?)await server.ExecuteAsync("INFO", "replication").ConfigureAwait(false);
        }
        catch (RedisCommandException)
        {
            return (string?)await server.ExecuteAsync("EVAL", "return redis.call('INFO', 'replication')", "0").ConfigureAwait(false);
        }
    }

    private static string Name(IServer server) => server.EndPoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : server.EndPoint.ToString() ?? "a server";

    /// <param name="Server">The server.</param>
    /// <param name="IsPrimary">What it says of itself.</param>
    /// <param name="History">The id of its data's history: no two primaries have the same.</param>
    private sealed record Role(IServer Server, bool IsPrimary, string History);
}
