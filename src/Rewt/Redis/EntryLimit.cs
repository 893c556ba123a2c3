using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Finds Redis hashes that contain more entries than a read may return. Any Redis user that may write a hash can add entries. Counting the entries
/// needs an additional command. The entries are therefore counted only after a read that failed or returned too many entries, until the hashes are
/// small again.
/// </summary>
internal sealed class EntryLimit(RedisConnection connection, TimeProvider time)
{
    private const int Maximum = 20_000;

    private bool _isDue;

    /// <summary>Returns the hashes that have too many entries.</summary>
    public async Task<IReadOnlySet<RedisKey>> FindAsync(IDatabase database, IEnumerable<RedisKey> hashes, CancellationToken cancellationToken)
    {
        if (!Volatile.Read(ref _isDue)) return new HashSet<RedisKey>();

        var counts = hashes.Select(hash => (Hash: hash, Count: database.HashLengthAsync(hash, CommandFlags.DemandMaster))).ToList();
        foreach (var (_, count) in counts) count.Abandon();
        var all = Task.WhenAll(counts.Select(one => one.Count)).WithinAsync(connection.CommandLimit, time, cancellationToken);
        // If the login may not count, or a key is not a hash, the read itself reports it.
        await ((Task)all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var oversized = new HashSet<RedisKey>();
        foreach (var (hash, count) in counts)
        {
            if (count.IsCompletedSuccessfully && await count.ConfigureAwait(false) > Maximum) oversized.Add(hash);
        }

        return oversized;
    }

    /// <summary>Throws if a hash has too many entries. The entries are counted only after a failed or too large read.</summary>
    /// <exception cref="OversizedKeyException">The hash has too many entries.</exception>
    public async Task CheckAsync(IDatabase database, RedisKey hash, string repair, CancellationToken cancellationToken)
    {
        if ((await FindAsync(database, [hash], cancellationToken).ConfigureAwait(false)).Count > 0) throw new OversizedKeyException(Message(hash, repair));
    }

    /// <summary>Throws if a read returned too many entries.</summary>
    /// <exception cref="OversizedKeyException">The read returned too many entries.</exception>
    public static void Check(RedisKey hash, int entries, string repair)
    {
        if (entries > Maximum) throw new OversizedKeyException(Message(hash, repair));
    }

    public static string Message(RedisKey hash, string repair) => $"the Redis key '{hash}' has more than {Maximum} entries, which another client wrote; {repair}";

    /// <summary>Records the end of a read. If the read got no answer or too many entries, the entries are counted before the next read.</summary>
    public void Ended(Exception? exception)
    {
        if (exception is null) Volatile.Write(ref _isDue, false);
        else if (exception is TimeoutException or RedisConnectionException or OversizedKeyException) Volatile.Write(ref _isDue, true);
    }
}
