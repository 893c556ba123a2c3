using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Reads the revoked key ids from a sorted set in Redis. Every login that may revoke can add any entries, so an id that no key can have is ignored,
/// and the number of entries is limited.
/// </summary>
internal static class RevokedKeyIds
{
    /// <summary>The maximum number of entries that are read. Those that may be forgotten first are read first.</summary>
    public const int Maximum = 10_000;

    public static Task<SortedSetEntry[]> RequestAsync(IDatabaseAsync database, RedisKey key) =>
        database.SortedSetRangeByRankWithScoresAsync(key, 0, Maximum - 1, flags: CommandFlags.DemandMaster);

    public static async Task<IReadOnlyDictionary<string, StoreTime>> ReadAsync(Task<SortedSetEntry[]> entries, Func<string, bool> isPossible)
    {
        var keyIds = new Dictionary<string, StoreTime>(StringComparer.Ordinal);
        foreach (var entry in await entries.ConfigureAwait(false))
        {
            if ((string?)entry.Element is { } keyId && isPossible(keyId)) keyIds[keyId] = new StoreTime((long)Math.Clamp(entry.Score, 0, StoreTime.Latest.Milliseconds));
        }

        return keyIds;
    }
}
