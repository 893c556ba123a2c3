using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Reads the revoked key ids from a sorted set in Redis. Any Redis user that may revoke keys can add arbitrary entries. An entry that cannot be a key
/// id is therefore ignored, and the number of entries is limited.
/// </summary>
internal static class RevokedKeyIds
{
    /// <summary>The maximum number of entries that are read. The entries that expire first are read first.</summary>
    public const int Maximum = RevocationMemory.Maximum;

    public static Task<SortedSetEntry[]> RequestAsync(IDatabaseAsync database, RedisKey key) =>
        database.SortedSetRangeByRankWithScoresAsync(key, 0, Maximum - 1, flags: CommandFlags.DemandMaster);

    /// <summary>Returns the end of the retention time of an entry.</summary>
    public static StoreTime TimeOf(SortedSetEntry entry) => new((long)Math.Clamp(entry.Score, 0, StoreTime.Latest.Milliseconds));

    /// <summary>Reads the key ids, and returns them with the time up to which they are complete.</summary>
    /// <exception cref="OversizedKeyException">The entries contain too much data.</exception>
    public static async Task<(IReadOnlyDictionary<KeyId, StoreTime> KeyIds, StoreTime Until)> ReadAsync(RedisKey key, Task<SortedSetEntry[]> entries, Func<KeyId, bool> isPossible, string repair)
    {
        var keyIds = new Dictionary<KeyId, StoreTime>();
        var found = await entries.ConfigureAwait(false);
        EntryLimit.CheckBytes(key, found.Sum(entry => EntryLimit.Length(entry.Element)), repair);
        foreach (var entry in found)
        {
            if (KeyId.TryParse(entry.Element) is { } keyId && isPossible(keyId)) keyIds[keyId] = TimeOf(entry);
        }

        return (keyIds, found.Length < Maximum ? StoreTime.Never : TimeOf(found[^1]));
    }

    /// <summary>Reads the key ids. If the Redis key has the wrong type, the exception names the key and explains how to repair it.</summary>
    /// <exception cref="InvalidOperationException">The key is not a sorted set, or its entries contain too much data.</exception>
    public static Task<(IReadOnlyDictionary<KeyId, StoreTime> KeyIds, StoreTime Until)> ReadOrNameAsync(RedisKey key, Task<SortedSetEntry[]> entries, Func<KeyId, bool> isPossible, string repair) =>
        ReadAsync(key, CommandRefusal.OfSortedSetAsync(key, entries, repair), isPossible, repair);
}
