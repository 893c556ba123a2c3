using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The revoked and deleted tenants of a namespace in one sorted set. The score is the generation; that of a deleted tenant is higher by
/// <see cref="Deleted"/>, so that a range of scores holds the revoked tenants that can be forgotten.
/// </summary>
internal sealed class RedisTenantStore(RedisConnection connection, RedisKeys keys, HintChannel hint, TimeProvider time) : ITenantStore
{
    /// <summary>More than any time. A score, which is a double, still represents each millisecond exactly.</summary>
    private const long Deleted = 1L << 52;

    /// <summary>The most tenants in one command, so that no command occupies the server for long.</summary>
    private const int BatchSize = 10_000;

    public Task<IReadOnlyList<TenantGeneration>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken) => connection.AskAsync<IReadOnlyList<TenantGeneration>>(
        async database =>
        {
            var scores = new List<TenantGeneration>(tenants.Count);
            foreach (var batch in tenants.Chunk(BatchSize))
            {
                var answer = await WithinAsync(database.SortedSetScoresAsync(keys.Tenants, [.. batch.Select(tenant => (RedisValue)tenant)], CommandFlags.DemandMaster), cancellationToken).ConfigureAwait(false);
                scores.AddRange(answer.Select(Read));
            }

            return scores;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<string, TenantGeneration>> ListAsync(CancellationToken cancellationToken) => connection.AskAsync<IReadOnlyDictionary<string, TenantGeneration>>(
        async database =>
        {
            var entries = await WithinAsync(database.SortedSetRangeByRankWithScoresAsync(keys.Tenants, flags: CommandFlags.DemandMaster), cancellationToken).ConfigureAwait(false);
            return entries.Where(entry => Names.IsName(entry.Element)).ToDictionary(entry => (string)entry.Element!, entry => Read(entry.Score), StringComparer.Ordinal);
        },
        cancellationToken);

    public Task WriteAsync(IReadOnlyCollection<TenantChange> changes, long forgetBefore, CancellationToken cancellationToken) => connection.AskAsync(
        async database =>
        {
            await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
            var writes = new List<Task>();
            await connection.TransactAsync(database, keys.Tenants, transaction => writes.AddRange(Write(transaction, changes, forgetBefore)), cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(writes).ConfigureAwait(false);
            hint.Publish(database);
        },
        cancellationToken);

    /// <summary>Returns the commands. Each keeps the newer state, so that concurrent changes need no condition; only the end of a deletion replaces the state.</summary>
    private List<Task> Write(ITransaction transaction, IReadOnlyCollection<TenantChange> changes, long forgetBefore)
    {
        List<Task> writes =
        [
            .. changes.Select(change => transaction.SortedSetAddAsync(
                keys.Tenants, change.Tenant, Score(change.After), change.EndsDeletion ? SortedSetWhen.Always : SortedSetWhen.GreaterThan)),
            transaction.SortedSetRemoveRangeByScoreAsync(keys.Tenants, double.NegativeInfinity, forgetBefore, Exclude.Stop),
            transaction.HashSetAsync(keys.Ring, RingCodec.Tenants, Secret.Generate().KeyId),
        ];
        foreach (var write in writes) write.Abandon();
        return writes;
    }

    private static double Score(TenantGeneration state) => state.At + (state.IsDeleted ? Deleted : 0);

    /// <summary>Reads a score. Any value that was written by hand is a valid state.</summary>
    private static TenantGeneration Read(double? score)
    {
        var (at, isDeleted) = score >= Deleted ? (score.Value - Deleted, true) : (score ?? 0, false);
        return new TenantGeneration((long)Math.Clamp(at, 0, TenantGeneration.Latest), isDeleted);
    }

    private Task<T> WithinAsync<T>(Task<T> task, CancellationToken cancellationToken) => task.WithinAsync(connection.CommandLimit, time, cancellationToken);
}
