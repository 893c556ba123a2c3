using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Checks that only one of the connected servers is a primary, before commands are sent. A cluster is not checked. After a failover, the former primary
/// may still report itself as primary, and the client library would send commands to either of the two servers. Two primaries therefore count as an outage
/// until only one is left.
/// </summary>
internal sealed class PrimaryCheck(TimeProvider time)
{
    /// <summary>
    /// The value of <see cref="Role.History"/> for a server that refuses to report its replication id. Several such servers count as one server, because
    /// they may be several addresses of the same server.
    /// </summary>
    private const string Unknown = "";

    /// <summary>The time for which a check remains valid. The next read after this time detects a changed role.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private Confirmation? _last;

    /// <summary>
    /// Checks that there is only one primary. The check is skipped if a recent check was successful and the client library knows only one primary.
    /// </summary>
    /// <exception cref="RedisConnectionException">More than one server is a primary.</exception>
    public Task RunAsync(IConnectionMultiplexer multiplexer, TimeSpan limit, CancellationToken cancellationToken)
    {
        var servers = multiplexer.GetServers();
        if (servers.Length < 2) return Task.CompletedTask;
        var isAmbiguous = servers.Count(server => IsCandidate(server) && !server.IsReplica) > 1;
        return !isAmbiguous && Volatile.Read(ref _last) is { } last && last.At.Elapsed(time) < GoodFor ? Task.CompletedTask : ConfirmAsync(multiplexer, limit, cancellationToken);
    }

    /// <summary>
    /// Checks that there is only one primary, by querying the role of each connected server. The roles that the client library knows are not
    /// sufficient, because it updates them only when it connects and once a minute.
    /// </summary>
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

    /// <summary>
    /// Returns whether INFO reports the role of a server that accepts writes. Every role except that of a replica is regarded as such a role, for example
    /// <c>active-replica</c> of KeyDB.
    /// </summary>
    internal static bool IsPrimary(IReadOnlyList<string> info) =>
        info.FirstOrDefault(line => line.StartsWith("role:", StringComparison.Ordinal)) is { } role && role is not ("role:slave" or "role:replica");

    private static bool IsCandidate(IServer server) => server is { IsConnected: true, ServerType: ServerType.Standalone };

    /// <returns>The role that the server reports, or the role that the client library assumes if the server refuses to report its role;
    /// <see langword="null"/> if the server does not answer.</returns>
    private async Task<Role?> RoleAsync(IServer server, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            var lines = (await ServerInfo.ReadAsync(server, "replication").WithinAsync(limit, time, cancellationToken).ConfigureAwait(false) ?? string.Empty).Split("\r\n");
            var history = Array.Find(lines, line => line.StartsWith("master_replid:", StringComparison.Ordinal)) ?? ServerDiagnosis.Name(server.EndPoint);
            return new Role(server, IsPrimary(lines), history);
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

    /// <summary>The last check that found only one primary, and its time.</summary>
    private sealed record Confirmation(ClockReading At);

    /// <summary>The replication role that a server reports: primary or replica.</summary>
    /// <param name="Server">The server that reported the role.</param>
    /// <param name="IsPrimary">Whether the server reports itself as primary.</param>
    /// <param name="History">The replication id of the server's data. Two primaries never have the same replication id.</param>
    private sealed record Role(IServer Server, bool IsPrimary, string History);
}
