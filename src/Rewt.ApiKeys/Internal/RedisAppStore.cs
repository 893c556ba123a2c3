using System.Collections.Frozen;
using System.Globalization;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The store that keeps the trusted apps of a namespace in Redis. The store is a Redis hash with one field for each app. An additional field contains
/// a stamp, which is a random value that each write replaces. A poll reads the apps only if the stamp or the number of fields has changed.
/// </summary>
internal sealed class RedisAppStore(RedisConnection connection, RewtOptions options, TimeProvider time) : IAppStore
{
    private const string StampField = ":stamp";

    private const string Repair = "remove the foreign entries as the runbook describes (junk in Redis)";

    private static readonly RedisScript Script = new(typeof(RedisAppStore).Assembly, "app");

    private readonly RedisKeys _keys = new(options.Namespace);
    private readonly EntryLimit _entries = new(connection);
    private readonly HintChannel _hint = new(connection, new RedisKeys(options.Namespace).AppChannel);

    public void OnResumed() => connection.OnResumed();

    public async Task<AppReading> ReadAsync(AppReading? known, CancellationToken cancellationToken)
    {
        var reading = await _entries.RecordAsync(() => AskForAppsAsync(known, cancellationToken)).ConfigureAwait(false);
        connection.Started();
        return reading;
    }

    public Task<AppSlot> FindAsync(string appId, CancellationToken cancellationToken) => connection.AskAsync(
        async database =>
        {
            var value = (byte[]?)await database.HashGetAsync(_keys.Apps, appId, CommandFlags.DemandMaster)
                .WithinAsync(TimeLimit.Operator, time, cancellationToken).ConfigureAwait(false);
            return new AppSlot(value, value is null ? null : AppCodec.Read(appId, value));
        },
        cancellationToken);

    public Task<bool> TryWriteAsync(AppSlot former, AppEntry app, CancellationToken cancellationToken) => connection.AskAsync(
        async database =>
        {
            await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
            RedisValue value = AppCodec.Write(app);
            // More apps than a read may return would make all apps unavailable.
            if (former.Value is null) await _entries.CheckRoomAsync(database, _keys.Apps, "delete unused apps with HDEL", cancellationToken).ConfigureAwait(false);

            RedisValue[] values =
            [
                app.Id, former.Value is null ? "0" : "1", former.Value ?? [], value, StampField, Guid.NewGuid().ToString("N"), _keys.AppChannel,
            ];
            bool written;
            try
            {
                written = (long)await Script.EvaluateAsync(database, [_keys.Apps], values, TimeLimit.Operator, time, cancellationToken).ConfigureAwait(false) == 1;
                if (written) await _hint.PublishToPrefixAsync(database).ConfigureAwait(false);
            }
            catch (Exception exception) when (CommandRefusal.Is(exception))
            {
                written = await TryWriteInTransactionAsync(database, former, app.Id, value, cancellationToken).ConfigureAwait(false);
            }

            RedisValue[] removed = [.. former.KeysRemovedBy(app).Select(keyId => (RedisValue)keyId)];
            // Not awaited, because the app is already written. A login without permission for HDEL must not cause an error.
            if (written && removed.Length > 0) database.HashDeleteAsync(_keys.AppUses, removed, CommandFlags.DemandMaster).Abandon();
            return written;
        },
        cancellationToken);

    public Task WriteUsesAsync(IReadOnlyDictionary<string, long> uses, CancellationToken cancellationToken) => connection.AskAsync(
        async database =>
        {
            // Times that were recorded during an outage can be earlier than the times that another instance has written meanwhile.
            var known = await ReadUsesAsync(database, uses.Keys, connection.CommandLimit, cancellationToken).ConfigureAwait(false);
            HashEntry[] later = [.. uses.Where(use => use.Value > known.GetValueOrDefault(use.Key)).Select(use => new HashEntry(use.Key, use.Value.ToString(CultureInfo.InvariantCulture)))];
            if (later.Length > 0) await database.HashSetAsync(_keys.AppUses, later, CommandFlags.DemandMaster).WithinAsync(connection, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> ReadUsesAsync(IEnumerable<string> keyIds, CancellationToken cancellationToken) => connection.AskAsync<IReadOnlyDictionary<string, long>>(
        async database => await ReadUsesAsync(database, keyIds, TimeLimit.Operator, cancellationToken).ConfigureAwait(false),
        cancellationToken);

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => _hint.SubscribeAsync(onChange, cancellationToken);

    /// <summary>Closes the connection in the background, because a synchronous method must not wait for asynchronous work.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).Abandon();

    public async ValueTask DisposeAsync()
    {
        await _hint.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private Task<AppReading> AskForAppsAsync(AppReading? known, CancellationToken cancellationToken) => connection.AskAsync(
        async database =>
        {
            await _entries.CheckAsync(database, [_keys.Apps], [], Repair, cancellationToken).ConfigureAwait(false);
            if (known is not null)
            {
                if (await IsUnchangedAsync(database, known, cancellationToken).ConfigureAwait(false)) return known;
                // The change may come from a server that wrongly reports itself as primary.
                await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
            }

            var entries = await database.HashGetAllAsync(_keys.Apps, CommandFlags.DemandMaster)
                .WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            EntryLimit.Check(_keys.Apps, entries, Repair);
            var stamp = entries.Where(entry => entry.Name == StampField).Select(entry => (string?)entry.Value).FirstOrDefault();
            var apps = entries.Where(entry => entry.Name != StampField).Select(entry => AppCodec.Read((string)entry.Name!, (byte[]?)entry.Value)).OfType<AppEntry>();
            return new AppReading(stamp ?? string.Empty, entries.Length, apps.ToFrozenDictionary(app => app.Id, StringComparer.Ordinal));
        },
        cancellationToken);

    /// <summary>
    /// Reads the last uses of only the given keys, because the hash can contain any number of other entries. Each entry is read with a separate
    /// <c>HGET</c> command, because the documented Redis permissions of a service do not include <c>HMGET</c>.
    /// </summary>
    private async Task<Dictionary<string, long>> ReadUsesAsync(IDatabase database, IEnumerable<string> keyIds, TimeSpan limit, CancellationToken cancellationToken)
    {
        var reads = keyIds.Select(async keyId => (KeyId: keyId, At: (string?)await database.HashGetAsync(_keys.AppUses, keyId, CommandFlags.DemandMaster).ConfigureAwait(false)));
        var uses = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (keyId, text) in await Task.WhenAll(reads).WithinAsync(limit, time, cancellationToken).ConfigureAwait(false))
        {
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= StoreTime.Latest.Milliseconds) uses[keyId] = at;
        }

        return uses;
    }

    /// <summary>
    /// Writes an app in a transaction, for a Redis server that refuses scripts. The transaction fails if the stored app has changed. The transaction
    /// has the same effect as the script <c>app.lua</c>.
    /// </summary>
    private async Task<bool> TryWriteInTransactionAsync(IDatabase database, AppSlot former, string appId, RedisValue app, CancellationToken cancellationToken)
    {
        var written = await connection.TryTransactAsync(
            database,
            _keys.Apps,
            transaction =>
            {
                transaction.AddCondition(former.Value is null ? Condition.HashNotExists(_keys.Apps, appId) : Condition.HashEqual(_keys.Apps, appId, former.Value));
                transaction.HashSetAsync(_keys.Apps, [new HashEntry(appId, app), new HashEntry(StampField, Guid.NewGuid().ToString("N"))]).Abandon();
            },
            TimeLimit.Operator,
            cancellationToken).ConfigureAwait(false);
        if (written) await _hint.PublishAsync(database).ConfigureAwait(false);
        return written;
    }

    /// <summary>
    /// Returns whether the store is unchanged since a read. The stamp detects writes of this library, and the number of fields detects manual
    /// deletions.
    /// </summary>
    private async Task<bool> IsUnchangedAsync(IDatabase database, AppReading known, CancellationToken cancellationToken)
    {
        var stamp = database.HashGetAsync(_keys.Apps, StampField, CommandFlags.DemandMaster);
        var length = database.HashLengthAsync(_keys.Apps, CommandFlags.DemandMaster);
        length.Abandon();
        return ((string?)await stamp.WithinAsync(connection, cancellationToken).ConfigureAwait(false) ?? string.Empty) == known.Stamp
            && await length.WithinAsync(connection, cancellationToken).ConfigureAwait(false) == known.Length;
    }
}
