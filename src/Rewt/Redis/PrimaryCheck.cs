using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Checks before commands are sent that, outside a cluster, only one of the connected servers is a primary. After a failover, the former primary may
/// still report itself as primary, and the client library would send commands to either, so two primaries count as an outage until one is left.
/// </summary>
internal sealed class PrimaryCheck(TimeProvider time)
{
    /// <summary>The history of servers that refuse to report theirs. Several such servers are taken for one, because they may be several addresses of one.</summary>
    private const string Unknown = "";

    /// <summary>How long a confirmed role is trusted. The next read detects a changed role.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private Confirmation? _last;

    /// <summary>Confirms that there is one primary, unless that was confirmed recently and the client library also sees one only.</summary>
    /// <exception cref="RedisConnectionException">More than one server is a primary.</exception>
    public Task RunAsync(IConnectionMultiplexer multiplexer, TimeSpan limit, CancellationToken cancellationToken)
    {
        var servers = multiplexer.GetServers();
        if (servers.Length < 2) return Task.CompletedTask;
        var isAmbiguous = servers.Count(server => IsCandidate(server) && !server.IsReplica) > 1;
        return !isAmbiguous && Volatile.Read(ref _last) is { } last && last.At.Elapsed(time) < GoodFor ? Task.CompletedTask : ConfirmAsync(multiplexer, limit, cancellationToken);
    }

    /// <summary>Queries the role of each connected server. The client library updates roles only when it connects and once a minute.</summary>
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
            throw StoreFailure.Explained(new RedisConnectionException(
                ConnectionFailureType.UnableToConnect,
                $"Two Redis servers are primaries, {ServerDiagnosis.Name(primaries[0].Server.EndPoint)} and {ServerDiagnosis.Name(primaries[1].Server.EndPoint)}; only one may be a primary."));
        }

        if (roles.Exists(role => role.IsPrimary == role.Server.IsReplica))
        {
            await multiplexer.ConfigureAsync().WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }

        // A server that gave no answer may be a second primary, so the next command asks again.
        if (roles.Count == servers.Count) Volatile.Write(ref _last, new Confirmation(ClockReading.Now(time)));
    }

    private static bool IsCandidate(IServer server) => server is { IsConnected: true, ServerType: ServerType.Standalone };

    /// <returns>The role, which is the one that the client library assumes for a server that refuses to report it; <see langword="null"/> if the server does not answer.</returns>
    private async Task<Role?> RoleAsync(IServer server, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            var lines = (await ServerInfo.ReadAsync(server, "replication").WithinAsync(limit, time, cancellationToken).ConfigureAwait(false) ?? string.Empty).Split("\r\n");
            var history = Array.Find(lines, line => line.StartsWith("master_replid:", StringComparison.Ordinal)) ?? ServerDiagnosis.Name(server.EndPoint);
            return new Role(server, lines.Contains("role:master", StringComparer.Ordinal), history);
        }
        catch (Exception exception) when (exception is RedisServerException or RedisCommandException)
        {
            return new Role(server, !server.IsReplica, Unknown);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The time of the last check that found only one primary.</summary>
    private sealed record Confirmation(ClockReading At);

    /// <summary>The replication role that a server reports: primary or replica.</summary>
    /// <param name="Server">The server.</param>
    /// <param name="IsPrimary">Whether the server reports itself as primary.</param>
    /// <param name="History">The replication id of its data. No two primaries have the same.</param>
    private sealed record Role(IServer Server, bool IsPrimary, string History);
}
