using System.Collections.Concurrent;
using System.Net;
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

    /// <summary>The last query of each server that did not answer in time. If the query is answered later, the server no longer hangs.</summary>
    private readonly ConcurrentDictionary<EndPoint, Task<Role?>> _hanging = new();

    private Confirmation? _last;

    /// <summary>
    /// Checks that there is only one primary. The check is skipped if a recent check was successful and the client library knows only one primary.
    /// The check does not wait for a replica that still owes the answer to an earlier check, because no command is sent to a replica.
    /// </summary>
    /// <exception cref="RedisConnectionException">More than one server is a primary.</exception>
    public Task RunAsync(IConnectionMultiplexer multiplexer, TimeSpan limit, CancellationToken cancellationToken)
    {
        var servers = multiplexer.GetServers();
        if (servers.Length < 2) return Task.CompletedTask;
        var isAmbiguous = servers.Count(server => IsCandidate(server) && !server.IsReplica) > 1;
        return !isAmbiguous && Volatile.Read(ref _last) is { } last && last.At.Elapsed(time) < GoodFor ? Task.CompletedTask : CheckAsync(multiplexer, waitsForAll: false, limit, cancellationToken);
    }

    /// <summary>
    /// Checks that there is only one primary. The check is never skipped, and waits for every connected server.
    /// </summary>
    /// <exception cref="RedisConnectionException">More than one server is a primary.</exception>
    public Task ConfirmAsync(IConnectionMultiplexer multiplexer, TimeSpan limit, CancellationToken cancellationToken) =>
        CheckAsync(multiplexer, waitsForAll: true, limit, cancellationToken);

    /// <summary>
    /// Returns whether a role is that of a server that accepts writes. Every role except that of a replica is regarded as such a role, for example
    /// <c>active-replica</c> of KeyDB.
    /// </summary>
    internal static bool IsPrimary(string? role) => role is not (null or "slave" or "replica");

    private static bool IsCandidate(IServer server) => server is { IsConnected: true, ServerType: ServerType.Standalone };

    /// <summary>
    /// Queries the role of each connected server. The roles that the client library knows are not sufficient, because it updates them only when it
    /// connects and once a minute.
    /// </summary>
    private async Task CheckAsync(IConnectionMultiplexer multiplexer, bool waitsForAll, TimeSpan limit, CancellationToken cancellationToken)
    {
        var servers = multiplexer.GetServers().Where(IsCandidate).ToList();
        if (servers.Count < 2) return;

        var roles = (await Task.WhenAll(servers.Select(server => RoleAsync(server, waitsForAll, limit, cancellationToken))).ConfigureAwait(false)).OfType<Role>().ToList();
        // One server may have several addresses.
        var primaries = roles.Where(role => role.IsPrimary).DistinctBy(role => role.History, StringComparer.Ordinal).ToList();
        if (primaries.Count > 1)
        {
            var failure = StoreFailure.Explained(new RedisConnectionException(
                ConnectionFailureType.UnableToConnect,
                $"Two Redis servers are primaries, {ServerDiagnosis.Name(primaries[0].Server.EndPoint)} and {ServerDiagnosis.Name(primaries[1].Server.EndPoint)}; only one may be a primary."));
            WriteOutcome.Refused(failure, failure);
            throw failure;
        }

        if (roles.Exists(role => role.IsPrimary == role.Server.IsReplica))
        {
            await multiplexer.ConfigureAsync().WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }

        // If a server that may get commands gave no answer, the next command asks again.
        if (servers.TrueForAll(server => server.IsReplica || roles.Exists(role => role.Server == server))) Volatile.Write(ref _last, new Confirmation(ClockReading.Now(time)));
    }

    /// <returns>The role of a server; <see langword="null"/> if the server does not answer in time, or if the check does not wait for it.</returns>
    private async Task<Role?> RoleAsync(IServer server, bool waitsForAll, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!waitsForAll && server.IsReplica && await IsHangingAsync(server).ConfigureAwait(false)) return null;

        var query = QueryAsync(server);
        try
        {
            var role = await query.WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
            if (role is null) _hanging[server.EndPoint] = query;
            else _hanging.TryRemove(server.EndPoint, out _);
            return role;
        }
        catch (TimeoutException)
        {
            _hanging[server.EndPoint] = query;
            return null;
        }
    }

    /// <summary>Returns whether a replica still hangs, without waiting for it. A failed query is sent again.</summary>
    private async Task<bool> IsHangingAsync(IServer replica)
    {
        if (!_hanging.TryGetValue(replica.EndPoint, out var query)) return false;
        if (!query.IsCompleted) return true;
        if (query.IsCompletedSuccessfully && await query.ConfigureAwait(false) is not null) return false;

        var next = QueryAsync(replica);
        next.Abandon();
        _hanging[replica.EndPoint] = next;
        return true;
    }

    /// <returns>The role that the server reports, or the role that the client library assumes if the server refuses to report its role;
    /// <see langword="null"/> if the client library gets no answer.</returns>
    private static async Task<Role?> QueryAsync(IServer server)
    {
        try
        {
            var info = await ServerInfo.ReadAsync(server, "replication").ConfigureAwait(false) ?? string.Empty;
            // The prefix distinguishes an empty id from the value Unknown.
            var history = ServerInfo.Field(info, "master_replid") is { } id ? $"id {id}" : ServerDiagnosis.Name(server.EndPoint);
            return new Role(server, IsPrimary(ServerInfo.Field(info, "role")), history);
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
