using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Finds Redis keys that contain more data than a read may return. Any Redis user that may write a key can add data to it. Measuring the keys requires
/// additional commands. The keys are therefore measured only after a read that failed or returned too much data. They are measured again before each
/// further read until no key is too large.
/// </summary>
internal sealed class EntryLimit(RedisConnection connection)
{
    private const int Maximum = 20_000;

    /// <summary>If a hash has this number of entries or more, this library adds no further entries.</summary>
    private const int MaximumAdded = 19_000;

    private const int MaximumMegabytes = 32;

    private const long MaximumBytes = MaximumMegabytes * 1024L * 1024;

    /// <summary>If a hash takes this amount of memory or more, this library adds no further entries.</summary>
    private const long MaximumBytesAdded = MaximumBytes * 3 / 4;

    /// <summary>
    /// The maximum memory of a sorted set with more entries than a read returns. A sorted set with millions of small entries can still be read.
    /// </summary>
    private const long MaximumMemoryOfCrowdedSet = 8 * MaximumBytes;

    private bool _isDue;

    /// <summary>
    /// Returns the keys that contain too much data, each with the description of the fault for an operator. A key whose memory exceeds the limit of a read
    /// is reported, because this library does not write keys of this size, and reading the key may take too long. The entries of
    /// <paramref name="others"/> are not counted, because the commands that read these keys limit the number of entries.
    /// </summary>
    /// <exception cref="TimeoutException">Redis did not answer.</exception>
    public async Task<IReadOnlyDictionary<RedisKey, string>> FindAsync(IDatabase database, IReadOnlyCollection<RedisKey> hashes, IEnumerable<RedisKey> others, CancellationToken cancellationToken)
    {
        var found = new Dictionary<RedisKey, string>();
        if (!Volatile.Read(ref _isDue)) return found;

        foreach (var (hash, count) in await MeasureAsync(hashes, hash => database.HashLengthAsync(hash, CommandFlags.DemandMaster), connection.CommandLimit, cancellationToken).ConfigureAwait(false))
        {
            if (count > Maximum) found.Add(hash, Fault(hash, $"{Maximum} entries"));
        }

        var sizes = await MeasureAsync(hashes.Concat(others).Where(key => !found.ContainsKey(key)), key => SizeAsync(database, key), connection.CommandLimit, cancellationToken).ConfigureAwait(false);
        var large = sizes.Where(size => size.Measure > MaximumBytes).ToDictionary(size => size.Key, size => size.Measure);
        var crowded = await CrowdedAsync(database, large.Keys.Except(hashes), cancellationToken).ConfigureAwait(false);
        foreach (var (key, bytes) in large)
        {
            if (!crowded.Contains(key) || bytes > MaximumMemoryOfCrowdedSet) found.Add(key, TooLong(key));
        }

        return found;
    }

    /// <summary>Throws if one of the keys contains too much data. The keys are measured only after a read that failed or returned too much data.</summary>
    /// <exception cref="OversizedKeyException">A key contains too much data.</exception>
    public async Task CheckAsync(IDatabase database, RedisKey[] hashes, RedisKey[] others, string repair, CancellationToken cancellationToken)
    {
        var found = await FindAsync(database, hashes, others, cancellationToken).ConfigureAwait(false);
        if (found.Count > 0) throw new OversizedKeyException($"{found.First().Value}; {repair}");
    }

    /// <summary>Throws if a read of a hash returned too many entries or too many bytes.</summary>
    /// <exception cref="OversizedKeyException">The read returned too many entries or too many bytes.</exception>
    public static void Check(RedisKey hash, HashEntry[] entries, string repair)
    {
        if (entries.Length > Maximum) throw new OversizedKeyException($"{Fault(hash, $"{Maximum} entries")}; {repair}");
        CheckBytes(hash, entries.Sum(entry => Length(entry.Name) + Length(entry.Value)), repair);
    }

    /// <summary>Returns the fields of a hash by their names.</summary>
    /// <exception cref="OversizedKeyException">The read returned too many entries or too many bytes.</exception>
    public static Dictionary<string, byte[]> Fields(RedisKey hash, HashEntry[] entries, string repair)
    {
        Check(hash, entries, repair);
        var fields = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        // Assigned instead of added: two names with invalid UTF-8 may decode to the same string.
        foreach (var entry in entries) fields[entry.Name!] = entry.Value!;
        return fields;
    }

    /// <summary>Throws if a read returned too many bytes.</summary>
    /// <exception cref="OversizedKeyException">The read returned too many bytes.</exception>
    public static void CheckBytes(RedisKey key, long bytes, string repair)
    {
        if (bytes > MaximumBytes) throw new OversizedKeyException($"{TooLong(key)}; {repair}");
    }

    /// <summary>
    /// Throws if a hash has no room for further entries. The limits are lower than those of a read, so that concurrent writes and growing entries do
    /// not exceed the limits of a read.
    /// </summary>
    /// <exception cref="InvalidOperationException">The hash has no room for further entries.</exception>
    public async Task CheckRoomAsync(IDatabase database, RedisKey hash, string repair, CancellationToken cancellationToken)
    {
        var counts = await MeasureAsync([hash], key => database.HashLengthAsync(key, CommandFlags.DemandMaster), TimeLimit.Operator, cancellationToken).ConfigureAwait(false);
        var sizes = await MeasureAsync([hash], key => SizeAsync(database, key), TimeLimit.Operator, cancellationToken).ConfigureAwait(false);
        if (counts.Any(count => count.Measure >= MaximumAdded) || sizes.Any(size => size.Measure >= MaximumBytesAdded))
        {
            throw new InvalidOperationException($"The Redis key '{hash}' is full: it has {MaximumAdded} entries, or takes {MaximumBytesAdded / 1024 / 1024} MB of memory; {repair}.");
        }
    }

    /// <summary>Returns whether a single value exceeds the size limit of a whole key.</summary>
    public static bool IsTooLong(RedisValue value) => Length(value) > MaximumBytes;

    /// <summary>Returns the description of a key with too many bytes, for an operator.</summary>
    public static string TooLong(RedisKey key) => Fault(key, $"{MaximumMegabytes} MB");

    public static long Length(RedisValue value) => value.IsNull ? 0 : ((ReadOnlyMemory<byte>)value).Length;

    /// <summary>Executes a read. If the read gets no answer or too much data, the keys are measured before the next read.</summary>
    public async Task<T> RecordAsync<T>(Func<Task<T>> read)
    {
        try
        {
            var result = await read().ConfigureAwait(false);
            Volatile.Write(ref _isDue, false);
            return result;
        }
        catch (Exception exception) when (exception is TimeoutException or RedisConnectionException or OversizedKeyException)
        {
            MeasureNext();
            throw;
        }
    }

    /// <summary>Requests that the keys are measured before the next read.</summary>
    public void MeasureNext() => Volatile.Write(ref _isDue, true);

    private static string Fault(RedisKey key, string limit) => $"the Redis key '{key}' has more than {limit}, which another client wrote";

    private static async Task<long> SizeAsync(IDatabase database, RedisKey key) =>
        // Without SAMPLES 0 the size is estimated from some of the entries.
        await database.ExecuteAsync("MEMORY", ["USAGE", key, "SAMPLES", 0], CommandFlags.DemandMaster).ConfigureAwait(false) is { IsNull: false } bytes ? (long)bytes : 0;

    /// <summary>Returns the sorted sets that have more entries than a read returns.</summary>
    private async Task<HashSet<RedisKey>> CrowdedAsync(IDatabase database, IEnumerable<RedisKey> keys, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await MeasureAsync(keys, FurtherAsync, connection.CommandLimit, cancellationToken).ConfigureAwait(false)).Where(one => one.Measure > 0).Select(one => one.Key)];
        }
        catch (TimeoutException)
        {
            // The entry that was requested is itself too large.
            return [];
        }

        async Task<long> FurtherAsync(RedisKey set) => (await database.SortedSetRangeByRankAsync(set, Maximum, Maximum, flags: CommandFlags.DemandMaster).ConfigureAwait(false)).Length;
    }

    /// <summary>
    /// Measures all keys at once. If the server refuses to measure a key, the result does not contain the key. If a read of the key fails for the same
    /// reason, the read reports the reason.
    /// </summary>
    private async Task<List<(RedisKey Key, long Measure)>> MeasureAsync(IEnumerable<RedisKey> keys, Func<RedisKey, Task<long>> measure, TimeSpan limit, CancellationToken cancellationToken)
    {
        var all = keys.Select(key => (Key: key, Measure: measure(key))).ToList();
        await all.ConvertAll(one => (Task)one.Measure).UntilAnsweredAsync(limit, connection.Time, cancellationToken).ConfigureAwait(false);

        var known = new List<(RedisKey Key, long Measure)>();
        foreach (var (key, task) in all)
        {
            if (task.IsCompletedSuccessfully) known.Add((key, await task.ConfigureAwait(false)));
        }

        return known;
    }
}
