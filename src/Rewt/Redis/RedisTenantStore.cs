using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Tenants' key rings in Redis, each with the secret <c>{namespace}:{tenant}:rewt-secret</c> and the same companion keys as any ring, on one
/// connection.
/// </summary>
internal sealed class RedisTenantStore(RedisConnection connection, RewtOptions options, TimeProvider time) : ITenantStore
{
    /// <summary>How long the companion keys of an unused ring are kept: as long as a revocation. After that, the data has no further use.</summary>
    private readonly TimeSpan _afterlife = TimeSpan.FromMilliseconds(RingSchedule.From(options).DeadRetention);

    private readonly string _channel = new RedisKeys(options.Namespace).TenantChannel;
    private HintChannel? _hint;

    public IRingStore Ring(string tenant) =>
        new RedisRingStore(connection, Keys(tenant), new HintChannel(connection, _channel, tenant, time), time) { Afterlife = _afterlife, IsShared = true, Options = options };

    public Task<IReadOnlySet<string>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken) =>
        connection.AskAsync(database => FindAsync(database, tenants, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        connection.AskAsync(database => ListAsync(database, cancellationToken), cancellationToken);

    public Task SubscribeAsync(Action<string> onChange, CancellationToken cancellationToken)
    {
        _hint ??= new HintChannel(connection, _channel, string.Empty, time);
        return _hint.SubscribeAsync(onChange, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hint is { } hint) await hint.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> ListAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var tenants = new SortedSet<string>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            var page = (RedisResult[]?)await database.ExecuteAsync("SCAN", [cursor, "MATCH", $"{options.Namespace}:*:rewt-secret", "COUNT", "1000"], CommandFlags.DemandMaster)
                .WithinAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
            cursor = (string?)page![0] ?? "0";
            tenants.UnionWith(((RedisKey[]?)page[1] ?? []).Select(key => TenantName.TenantOf(options.Namespace, ((string)key!)[..^":rewt-secret".Length])).OfType<string>());
        }
        while (cursor != "0");

        return [.. tenants];
    }

    /// <summary>
    /// Finds the tenants that exist. One command covers all of them; individual commands follow only if some exist, so that requests for nonexistent
    /// tenants are cheap.
    /// </summary>
    private async Task<IReadOnlySet<string>> FindAsync(IDatabase database, IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        if (tenants.Count > 1 && await CountAsync(database, tenants, cancellationToken).ConfigureAwait(false) == 0) return new HashSet<string>(StringComparer.Ordinal);

        var asked = tenants.Select(tenant => (Tenant: tenant, Count: ExistsAsync(database, [tenant]))).ToList();
        foreach (var one in asked) one.Count.Abandon();
        var all = Task.WhenAll(asked.Select(one => one.Count)).WithinAsync(connection.CommandLimit, time, cancellationToken);
        await ((Task)all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (asked.TrueForAll(one => !one.Count.IsCompletedSuccessfully)) await all.ConfigureAwait(false);

        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (tenant, count) in asked)
        {
            // If this cluster node could not answer, treat the tenant as existing; reading its ring decides.
            if (!count.IsCompletedSuccessfully || (long)await count.ConfigureAwait(false) > 0) found.Add(tenant);
        }

        return found;
    }

    /// <returns>The number of keys of all these tenants; <see langword="null"/> where one command cannot query them all (a cluster).</returns>
    private async Task<long?> CountAsync(IDatabase database, IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        try
        {
            return (long)await ExistsAsync(database, tenants).WithinAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisServerException or RedisCommandException)
        {
            return null;
        }
    }

    private Task<RedisResult> ExistsAsync(IDatabase database, IEnumerable<string> tenants)
    {
        object[] keys = [.. tenants.Select(Keys).SelectMany(keys => new object[] { keys.Secret, keys.Ring })];
        return database.ExecuteAsync("EXISTS", keys, CommandFlags.DemandMaster);
    }

    private RedisKeys Keys(string tenant) => new(TenantName.RingOf(options.Namespace, tenant));
}
