using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Finds Redis keys that contain more than a read may return, because every login that may write a key can fill it. Measuring costs commands, so keys
/// are measured only after a read that failed or returned too much, and until they are small again.
/// </summary>
internal sealed class EntryLimit(RedisConnection connection, TimeProvider time)
{
    private const int Maximum = 20_000;

    private const int MaximumMegabytes = 32;

    private const long MaximumBytes = MaximumMegabytes * 1024L * 1024;

    private bool _isDue;

    /// <summary>Returns the keys that contain too much, each with the fault for an operator.</summary>
    /// <param name="database">The database.</param>
    /// <param name="hashes">The hashes.</param>
    /// <param name="others">The keys of other types, whose number of entries is limited by the read.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="TimeoutException">Redis did not answer. The read is not tried then, because its reply could delay those of later commands.</exception>
    public async Task<IReadOnlyDictionary<RedisKey, string>> FindAsync(IDatabase database, IReadOnlyCollection<RedisKey> hashes, IEnumerable<RedisKey> others, CancellationToken cancellationToken)
    {
        var found = new Dictionary<RedisKey, string>();
        if (!Volatile.Read(ref _isDue)) return found;

        foreach (var (hash, count) in await MeasureAsync(hashes, hash => database.HashLengthAsync(hash, CommandFlags.DemandMaster), cancellationToken).ConfigureAwait(false))
        {
            if (count > Maximum) found.Add(hash, Fault(hash, $"{Maximum} entries"));
        }

        var sizes = await MeasureAsync(hashes.Concat(others).Where(key => !found.ContainsKey(key)), key => SizeAsync(database, key), cancellationToken).ConfigureAwait(false);
        foreach (var (key, bytes) in sizes)
        {
            if (bytes > MaximumBytes) found.Add(key, Fault(key, $"{MaximumMegabytes} MB"));
        }

        return found;
    }

    /// <summary>Throws if one of the keys is known to contain too much.</summary>
    /// <exception cref="OversizedKeyException">A key contains too much.</exception>
    public async Task CheckAsync(IDatabase database, RedisKey hash, RedisKey[] others, string repair, CancellationToken cancellationToken)
    {
        var found = await FindAsync(database, [hash], others, cancellationToken).ConfigureAwait(false);
        if (found.Count > 0) throw new OversizedKeyException($"{found.First().Value}; {repair}");
    }

    /// <summary>Throws if a read of a hash got too much.</summary>
    /// <exception cref="OversizedKeyException">The read got too much.</exception>
    public static void Check(RedisKey hash, HashEntry[] entries, string repair)
    {
        Check(hash, entries.Length, repair);
        CheckBytes(hash, entries.Sum(entry => Length(entry.Name) + Length(entry.Value)), repair);
    }

    /// <summary>Throws if a hash has too many entries.</summary>
    /// <exception cref="OversizedKeyException">The hash has too many entries.</exception>
    public static void Check(RedisKey hash, long entries, string repair)
    {
        if (entries > Maximum) throw new OversizedKeyException($"{Fault(hash, $"{Maximum} entries")}; {repair}");
    }

    /// <summary>Throws if a read got too many bytes.</summary>
    /// <exception cref="OversizedKeyException">The read got too many bytes.</exception>
    public static void CheckBytes(RedisKey key, long bytes, string repair)
    {
        if (bytes > MaximumBytes) throw new OversizedKeyException($"{Fault(key, $"{MaximumMegabytes} MB")}; {repair}");
    }

    public static long Length(RedisValue value) => value.IsNull ? 0 : ((ReadOnlyMemory<byte>)value).Length;

    /// <summary>Records how a read ended: without an answer or with too much, the next one measures first.</summary>
    public void Ended(Exception? exception)
    {
        if (exception is null) Volatile.Write(ref _isDue, false);
        else if (exception is TimeoutException or RedisConnectionException or OversizedKeyException) Volatile.Write(ref _isDue, true);
    }

    private static string Fault(RedisKey key, string limit) => $"the Redis key '{key}' has more than {limit}, which another client wrote";

    private static async Task<long> SizeAsync(IDatabase database, RedisKey key) =>
        // Without SAMPLES 0 the size is estimated from some of the entries.
        await database.ExecuteAsync("MEMORY", ["USAGE", key, "SAMPLES", 0], CommandFlags.DemandMaster).ConfigureAwait(false) is { IsNull: false } bytes ? (long)bytes : 0;

    /// <summary>Measures all keys at once. A measure that the server refuses is left out; if the read fails for the same reason, it reports that.</summary>
    private async Task<List<(RedisKey Key, long Measure)>> MeasureAsync(IEnumerable<RedisKey> keys, Func<RedisKey, Task<long>> measure, CancellationToken cancellationToken)
    {
        var all = keys.Select(key => (Key: key, Measure: measure(key))).ToList();
        foreach (var one in all) one.Measure.Abandon();
        var measures = Task.WhenAll(all.Select(one => one.Measure));
        await ((Task)measures.WithinAsync(connection.CommandLimit, time, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!measures.IsCompleted) throw new TimeoutException("Redis did not answer.");

        var known = new List<(RedisKey Key, long Measure)>();
        foreach (var (key, task) in all)
        {
            if (task.IsCompletedSuccessfully) known.Add((key, await task.ConfigureAwait(false)));
        }

        return known;
    }
}
