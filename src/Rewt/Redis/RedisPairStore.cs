using System.Collections.Immutable;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The store of published public keys in Redis. The store reads and writes in transactions (MULTI/EXEC), or with single commands if the server
/// rejects transactions. A push message notifies the other instances of changed keys and revocations.
/// </summary>
internal sealed class RedisPairStore(RedisConnection connection, RewtOptions options) : IPairStore
{
    private readonly PairRedisKeys _keys = new(options.Namespace);
    private readonly EntryLimit _entries = new(connection);
    private readonly HintChannel _hint = new(connection, new PairRedisKeys(options.Namespace).Channel);
    private PairReading? _last;

    public IInstanceStore Instances { get; } = new RedisInstanceStore(connection, new PairRedisKeys(options.Namespace).Instances);

    public IStoreDoctor Doctor => field ??= new RedisDoctor(connection, options, instances: Instances);

    public void OnResumed() => connection.OnResumed();

    public async Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken)
    {
        var reading = await _entries.RecordAsync(() => connection.AskAsync(database => ReadConfirmedAsync(database, services, asked, cancellationToken), cancellationToken)).ConfigureAwait(false);
        // While a service has a problem, the Redis keys are measured again, so that a Redis key that is too large is not read each time.
        if (reading.Services.Values.Any(service => service.Problem is not null)) _entries.MeasureNext();
        connection.Started();
        return reading;
    }

    public Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken) => connection.AskAsync<IReadOnlyCollection<string>>(
        async database =>
        {
            // All keys of the namespace are in one slot, so one node of a cluster has them.
            var node = await database.IdentifyEndpointAsync(_keys.Revoked, CommandFlags.DemandMaster).WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            var found = database.Multiplexer.GetServer(node!).KeysAsync(database.Database, _keys.KeysOf("*").ToString(), pageSize: 1000);
            var services = new HashSet<string>(StringComparer.Ordinal);
            await foreach (var key in found.WithCancellation(cancellationToken).ConfigureAwait(false)) services.Add(_keys.ServiceOf(key));
            return [.. services.Where(Names.IsName)];
        },
        cancellationToken);

    public Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken) => connection.AskAsync(
        async database =>
        {
            await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
            var until = await RevocationsUntilAsync(database, _keys.RevokedOf(service), plan.Revoked, plan.Now, plan.RememberUntil, cancellationToken).ConfigureAwait(false);
            await WriteAsync(database, writer => Fill(writer, service, plan, until), cancellationToken).ConfigureAwait(false);
            if (plan.IsNews) await _hint.PublishAsync(database).ConfigureAwait(false);
        },
        cancellationToken);

    public Task<StoreTime> RevokeAsync(string? service, KeyId keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken) => connection.AskAsync(
        async database =>
        {
            await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
            if (service is null) await CheckReadableAsync(database, keyId, now, cancellationToken).ConfigureAwait(false);
            var set = service is null ? _keys.Revoked : _keys.RevokedOf(service);
            var revocations = ImmutableDictionary<KeyId, StoreTime>.Empty.Add(keyId, forgetAt);
            var until = await RevocationsUntilAsync(database, set, revocations, now, forgetAt, cancellationToken).ConfigureAwait(false);
            Task<RedisResult> written = null!;
            await WriteAsync(
                database,
                writer =>
                [
                    .. Revoke(writer, set, revocations, now, until),
                    // Without its entry, the key is refused even if the revocations contain too many entries to be read. If the owner renews its entries at
                    // the same moment, only the revocation counts.
                    service is null ? Task.CompletedTask : writer.HashDeleteAsync(_keys.KeysOf(service), keyId.ToString()),
                    written = RingReadCommands.RequestTime(writer),
                ],
                cancellationToken).ConfigureAwait(false);
            await _hint.PublishAsync(database).ConfigureAwait(false);
            return RingReadCommands.TimeOf(await written.ConfigureAwait(false));
        },
        cancellationToken);

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => _hint.SubscribeAsync(onChange, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _hint.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<PairReading> ReadConfirmedAsync(IDatabase database, IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken)
    {
        var reading = await ReadAsync(database, services, asked, cancellationToken).ConfigureAwait(false);
        if (Volatile.Read(ref _last) is { } last && HasLostKeys(last, reading))
        {
            // A reading without known keys may come from a server that wrongly reports itself as primary.
            await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
            reading = await ReadAsync(database, services, asked, cancellationToken).ConfigureAwait(false);
        }

        Volatile.Write(ref _last, reading);
        return reading;
    }

    /// <summary>Returns whether keys of a service, or their epoch, are missing or replaced since the last read.</summary>
    private static bool HasLostKeys(PairReading last, PairReading reading) => last.Services.Any(known => reading.Services.TryGetValue(known.Key, out var service)
        && ((known.Value.Epoch is { } epoch && epoch != service.Epoch) || known.Value.Entries.Keys.Any(keyId => !service.Entries.ContainsKey(keyId))));

    private async Task<PairReading> ReadAsync(IDatabase database, IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken)
    {
        // A ring that a client has filled must not keep the others from being read.
        var oversized = await OversizedAsync(database, [.. services.Union(asked, StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
        var first = await RequestAsync(database, [.. services.Except(oversized.Keys, StringComparer.Ordinal)], [.. asked.Except(oversized.Keys, StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
        var reading = await first.ReadAsync().ConfigureAwait(false);
        // Only services that exist are read with further commands.
        var found = (await first.FoundAsync(asked).ConfigureAwait(false)).Except(services, StringComparer.Ordinal).ToList();
        var second = found.Count == 0 ? null : await (await RequestAsync(database, found, [], cancellationToken).ConfigureAwait(false)).ReadAsync().ConfigureAwait(false);
        var all = reading.Services.Concat(oversized).Concat(second?.Services ?? ImmutableDictionary<string, ServiceReading>.Empty).ToDictionary(StringComparer.Ordinal);
        return all.Count == reading.Services.Count ? reading : reading with { Services = all };
    }

    /// <exception cref="OversizedKeyException">The Redis key with the revocations for all services contains too much data.</exception>
    private async Task<IReadOnlyDictionary<string, ServiceReading>> OversizedAsync(IDatabase database, IReadOnlyCollection<string> services, CancellationToken cancellationToken)
    {
        RedisKey[] rings = [.. services.Select(_keys.KeysOf)];
        var others = services.SelectMany(service => new[] { _keys.EpochOf(service), _keys.RevokedOf(service) }).Append(_keys.Revoked);
        var found = await _entries.FindAsync(database, rings, others, cancellationToken).ConfigureAwait(false);
        if (found.TryGetValue(_keys.Revoked, out var fault)) throw new OversizedKeyException($"{fault}; {ServiceReadCommands.Repair}");
        return services
            .Where(service => FaultOf(service) is not null)
            .ToDictionary(service => service, service => ServiceReading.Empty with { Problem = $"{FaultOf(service)}; {ServiceReadCommands.Repair}" }, StringComparer.Ordinal);

        string? FaultOf(string service) => found.GetValueOrDefault(_keys.KeysOf(service)) ?? found.GetValueOrDefault(_keys.EpochOf(service)) ?? found.GetValueOrDefault(_keys.RevokedOf(service));
    }

    /// <summary>Throws if a new revocation for all services would not be read, because its Redis key already contains too many entries.</summary>
    /// <exception cref="OversizedKeyException">The Redis key already contains the maximum number of entries that are read.</exception>
    private async Task CheckReadableAsync(IDatabase database, KeyId keyId, StoreTime now, CancellationToken cancellationToken)
    {
        database.SortedSetRemoveRangeByScoreAsync(_keys.Revoked, double.NegativeInfinity, now.Milliseconds, flags: CommandFlags.DemandMaster).Abandon();
        var read = await database.SortedSetRangeByRankAsync(_keys.Revoked, 0, RevokedKeyIds.Maximum - 1, flags: CommandFlags.DemandMaster)
            .WithinAsync(connection, cancellationToken).ConfigureAwait(false);
        if (read.Length < RevokedKeyIds.Maximum || read.Contains(keyId.ToString())) return;

        throw new OversizedKeyException(
            $"the Redis key '{_keys.Revoked}' has {RevokedKeyIds.Maximum} or more entries, so that a further revocation would not be read; delete it with DEL, and the instances write the revocations that they know again");
    }

    private async Task<PairReadCommands> RequestAsync(IDatabase database, IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken)
    {
        PairReadCommands parts = null!;
        try
        {
            await connection.TransactAsync(database, _keys.Revoked, transaction => parts = PairReadCommands.Request(transaction, _keys, services, asked), cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (CommandRefusal.IsAborted(exception) && !CommandRefusal.Is(exception))
        {
            // A server that is out of memory rejects even reads in a transaction, and one that migrates the slot rejects commands on moved keys.
            // Without a transaction, a change that this read misses is seen by the next.
            parts = PairReadCommands.Request(database, _keys, services, asked, isOneByOne: true);
        }

        await parts.AnsweredAsync(connection, cancellationToken).ConfigureAwait(false);
        return parts;
    }

    private async Task WriteAsync(IDatabase database, Func<IDatabaseAsync, Task[]> fill, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                await connection.TransactAsync(
                    database,
                    _keys.Revoked,
                    transaction =>
                    {
                        foreach (var command in fill(transaction)) command.Abandon();
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (RedisServerException exception) when (CommandRefusal.IsAborted(exception))
            {
                // EXECABORT gives no reason. Individual commands do, and have the same effect.
                await WriteOneByOneAsync(fill(database), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (CommandRefusal.Is(exception))
        {
            throw new UnauthorizedAccessException("Redis refused the command (NOPERM).", CommandRefusal.AsCause(exception));
        }
    }

    private async Task WriteOneByOneAsync(Task[] commands, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(commands).WithinAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (!CommandRefusal.Is(exception))
        {
            WriteOutcome.PartlyRefused(exception);
            throw;
        }
    }

    /// <summary>
    /// Returns the expiry time of a set of revocations after a change: the latest end of all retention times in the set. The retention times differ,
    /// because services with different rotation intervals and the command-line tool write to the same set.
    /// </summary>
    private async Task<StoreTime> RevocationsUntilAsync(
        IDatabase database, RedisKey set, ImmutableDictionary<KeyId, StoreTime> added, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken)
    {
        if (added.IsEmpty) return forgetAt;
        var last = await database.SortedSetRangeByRankWithScoresAsync(set, -1, -1, flags: CommandFlags.DemandMaster)
            .WithinAsync(connection, cancellationToken).ConfigureAwait(false);
        var until = added.Values.Concat(last.Select(entry => RevokedKeyIds.TimeOf(entry))).Append(forgetAt).Max();
        return StoreTime.Min(until, now + RevocationMemory.LongestRetention);
    }

    private Task[] Fill(IDatabaseAsync database, string service, PairChange plan, StoreTime revocationsUntil)
    {
        var (keys, epoch) = (_keys.KeysOf(service), _keys.EpochOf(service));
        Task removed = plan.Removed.Length > 0 ? database.HashDeleteAsync(keys, [.. plan.Removed.Select(name => (RedisValue)name)]) : Task.CompletedTask;
        return
        [
            removed,
            database.HashSetAsync(keys, [.. plan.Entries.Select(entry => new HashEntry(entry.Key, entry.Value))]),
            ExpireAt(database, keys, plan.KeysUntil),
            database.StringSetAsync(epoch, plan.Epoch, plan.RememberUntil - plan.Now, plan.ReplacesEpoch ? When.Always : When.NotExists),
            ExpireAt(database, epoch, plan.RememberUntil),
            .. Revoke(database, _keys.RevokedOf(service), plan.Revoked, plan.Now, revocationsUntil),
        ];
    }

    private static List<Task> Revoke(IDatabaseAsync database, RedisKey set, ImmutableDictionary<KeyId, StoreTime> revocations, StoreTime now, StoreTime forgetAt)
    {
        var commands = new List<Task> { database.SortedSetRemoveRangeByScoreAsync(set, double.NegativeInfinity, now.Milliseconds) };
        commands.AddRange(revocations.Select(pair => database.SortedSetAddAsync(set, pair.Key.ToString(), pair.Value.Milliseconds)));
        if (revocations.Count > 0) commands.Add(ExpireAt(database, set, forgetAt));
        return commands;
    }

    private static Task<RedisResult> ExpireAt(IDatabaseAsync database, RedisKey key, StoreTime at) =>
        database.ExecuteAsync("PEXPIREAT", key, at.ToString());
}
