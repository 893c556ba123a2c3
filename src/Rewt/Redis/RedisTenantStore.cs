using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The store of revoked and deleted tenants in Redis. A sorted set contains the tenants, with the times of the changes as scores. A list contains the
/// tenants that the last writes changed. Concurrent writes need no condition, because a write never lowers a score.
/// </summary>
internal sealed class RedisTenantStore(RedisConnection connection, RedisKeys keys, HintChannel hint) : ITenantStore
{
    /// <summary>The suffix of a member that records a deletion or creation. The name of a tenant never contains a colon.</summary>
    private const string LifeSuffix = ":deleted";

    /// <summary>
    /// The lowest score of a deletion or creation. A score is the sum of this value and twice the generation, plus 1 for a deletion. A score is a double,
    /// which represents every such sum exactly.
    /// </summary>
    private const long Life = 1L << 50;

    /// <summary>The maximum number of members in one command. The limit prevents a command from blocking the server for long.</summary>
    private const int BatchSize = 20_000;

    /// <summary>The maximum number of tenants in one entry of the list of writes.</summary>
    private const int MostLogged = 64;

    private readonly EntryLimit _log = new(connection);

    public Task<IReadOnlyList<TenantState>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<TenantState>>(
        async database => (await ScoresAsync(database, tenants, cancellationToken).ConfigureAwait(false)).ConvertAll(score => Revocation(score.Revocation).Merge(Deletion(score.Life))),
        cancellationToken);

    public Task<IReadOnlyDictionary<string, TenantState>> ListAsync(CancellationToken cancellationToken) => AskAsync<IReadOnlyDictionary<string, TenantState>>(
        async database =>
        {
            var tenants = new Dictionary<string, TenantState>(StringComparer.Ordinal);
            foreach (var entry in await EntriesAsync(database, cancellationToken).ConfigureAwait(false))
            {
                var member = (string)entry.Element!;
                var isLife = member.EndsWith(LifeSuffix, StringComparison.Ordinal);
                var tenant = isLife ? member[..^LifeSuffix.Length] : member;
                if (Names.IsName(tenant)) tenants[tenant] = tenants.GetValueOrDefault(tenant).Merge(isLife ? Deletion(entry.Score) : Revocation(entry.Score));
            }

            return tenants;
        },
        cancellationToken);

    public Task<IReadOnlyList<TenantLogEntry>?> ListWritesAsync(string? stamp, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<TenantLogEntry>?>(
        async database =>
        {
            var values = await ReadLogAsync(database, cancellationToken).ConfigureAwait(false);
            if (values is null) return null;
            var writes = new List<TenantLogEntry>();
            foreach (var value in values)
            {
                if (((string)value!).Split('|', 3) is not [var written, var tenants, var by]) return null;
                if (written == stamp) return writes;
                if (tenants.Length == 0) return null;
                writes.Add(new TenantLogEntry(written, tenants.Split(','), by));
            }

            return stamp is null && values.Length < TenantLogEntry.MostEntries ? writes : null;
        },
        cancellationToken);

    public Task MergeAsync(IReadOnlyDictionary<string, TenantState> states, string by, StoreTime forgetBefore, CancellationToken cancellationToken) => AskAsync(
        async database =>
        {
            await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
            var invalid = Invalid(await ScoresAsync(database, [.. states.Keys], cancellationToken).ConfigureAwait(false)).ToList();
            var writes = new List<Task>();
            await connection.TransactAsync(database, keys.Tenants, transaction => writes.AddRange(Write(transaction, states, invalid, by, forgetBefore)), cancellationToken).ConfigureAwait(false);
            await ExecutedAsync(writes).ConfigureAwait(false);
            await hint.PublishAsync(database).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Waits for the answers to the commands of a transaction that was executed.</summary>
    private static async Task ExecutedAsync(List<Task> writes)
    {
        try
        {
            await Task.WhenAll(writes).ConfigureAwait(false);
        }
        catch (RedisServerException exception)
        {
            WriteOutcome.PartlyRefused(exception);
            throw;
        }
    }

    /// <summary>Reads the list of writes; <see langword="null"/> if another client has added too much data, so that the list cannot be used.</summary>
    private async Task<RedisValue[]?> ReadLogAsync(IDatabase database, CancellationToken cancellationToken)
    {
        const string Repair = "delete it with DEL";
        try
        {
            return await _log.RecordAsync(async () =>
            {
                await _log.CheckAsync(database, [], [keys.TenantsLog], Repair, cancellationToken).ConfigureAwait(false);
                var values = await database.ListRangeAsync(keys.TenantsLog, 0, TenantLogEntry.MostEntries - 1, CommandFlags.DemandMaster).WithinAsync(connection, cancellationToken).ConfigureAwait(false);
                EntryLimit.CheckBytes(keys.TenantsLog, values.Sum(EntryLimit.Length), Repair);
                return values;
            }).ConfigureAwait(false);
        }
        catch (OversizedKeyException)
        {
            return null;
        }
    }

    /// <summary>Reads all members in batches. The number of members is not limited, because deletions have no expiry time.</summary>
    /// <exception cref="OversizedKeyException">The members contain too much data.</exception>
    private async Task<List<SortedSetEntry>> EntriesAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var entries = new List<SortedSetEntry>();
        SortedSetEntry[] batch;
        var bytes = 0L;
        do
        {
            batch = await database.SortedSetRangeByRankWithScoresAsync(keys.Tenants, entries.Count, entries.Count + BatchSize - 1, flags: CommandFlags.DemandMaster)
                .WithinAsync(TimeLimit.Operator, connection.Time, cancellationToken).ConfigureAwait(false);
            bytes += batch.Sum(entry => EntryLimit.Length(entry.Element));
            EntryLimit.CheckBytes(keys.Tenants, bytes, "remove the foreign members with ZREM");
            entries.AddRange(batch);
        }
        while (batch.Length == BatchSize);

        return entries;
    }

    private async Task<List<(string Tenant, double? Revocation, double? Life)>> ScoresAsync(IDatabase database, IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        var all = new List<(string Tenant, double? Revocation, double? Life)>(tenants.Count);
        foreach (var batch in tenants.Chunk(BatchSize / 2))
        {
            RedisValue[] members = [.. batch.SelectMany(tenant => new RedisValue[] { tenant, tenant + LifeSuffix })];
            var scores = await database.SortedSetScoresAsync(keys.Tenants, members, CommandFlags.DemandMaster).WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            all.AddRange(batch.Zip(scores.Chunk(2), (tenant, pair) => (tenant, pair[0], pair[1])));
        }

        return all;
    }

    /// <summary>
    /// Returns the members with a score that this library never writes. These members must be removed before a write, because a write only increases
    /// a score.
    /// </summary>
    private static IEnumerable<RedisValue> Invalid(IEnumerable<(string Tenant, double? Revocation, double? Life)> scores)
    {
        foreach (var score in scores)
        {
            if (score.Revocation is { } revocation && !IsRevocation(revocation)) yield return score.Tenant;
            if (score.Life is { } life && !IsLife(life)) yield return score.Tenant + LifeSuffix;
        }
    }

    private List<Task> Write(ITransaction transaction, IReadOnlyDictionary<string, TenantState> states, List<RedisValue> invalid, string by, StoreTime forgetBefore)
    {
        var stamp = Secret.Generate().KeyId.ToString();
        // With too many tenants for one entry, the other instances read all tenants that they cache.
        var tenants = states.Count > MostLogged ? string.Empty : string.Join(',', states.Keys);
        List<Task> writes =
        [
            .. invalid.Select(member => transaction.SortedSetRemoveAsync(keys.Tenants, member)),
            .. states.Where(pair => pair.Value.RevokedAt != default).Select(pair => transaction.SortedSetAddAsync(keys.Tenants, pair.Key, pair.Value.RevokedAt.Milliseconds, SortedSetWhen.GreaterThan)),
            .. states.Where(pair => pair.Value.LifeAt != default).Select(pair => transaction.SortedSetAddAsync(
                keys.Tenants, pair.Key + LifeSuffix, Life + (2 * pair.Value.LifeAt.Milliseconds) + (pair.Value.IsDeleted ? 1 : 0), SortedSetWhen.GreaterThan)),
            transaction.SortedSetRemoveRangeByScoreAsync(keys.Tenants, double.NegativeInfinity, forgetBefore.Milliseconds, Exclude.Stop),
            transaction.HashSetAsync(keys.Ring, RingCodec.Tenants, stamp),
            transaction.ListLeftPushAsync(keys.TenantsLog, $"{stamp}|{tenants}|{by}"),
            transaction.ListTrimAsync(keys.TenantsLog, 0, TenantLogEntry.MostEntries - 1),
        ];
        foreach (var write in writes) write.Abandon();
        return writes;
    }

    /// <summary>Converts the score of a revocation to a state. A score that this library never writes, such as <c>inf</c>, is ignored.</summary>
    private static TenantState Revocation(double? score) => score is { } value && IsRevocation(value) ? new(new((long)value), default, false) : default;

    private static TenantState Deletion(double? score)
    {
        if (score is not { } value || !IsLife(value)) return default;
        var life = (long)value - Life;
        return new TenantState(default, new(life / 2), life % 2 == 1);
    }

    private static bool IsRevocation(double score) => score > 0 && score <= StoreTime.Latest.Milliseconds;

    private static bool IsLife(double score) => score >= Life && score <= Life + (2 * StoreTime.Latest.Milliseconds) + 1;

    private async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.AskAsync(ask, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (CommandRefusal.IsWrongType(exception))
        {
            throw new TenantsUnusableException($"The Redis key '{keys.Tenants}' is not a sorted set, or '{keys.TenantsLog}' is not a list. Delete the wrong one with DEL; what the instances remember is written again.", exception);
        }
        catch (Exception exception) when (CommandRefusal.Is(exception))
        {
            throw new TenantsUnusableException($"The Redis login lacks a permission on '{keys.Tenants}' or '{keys.TenantsLog}'. '{connection.Rights}' prints the necessary rules.", exception);
        }
    }
}
