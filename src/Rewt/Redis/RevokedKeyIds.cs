using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Reads the revoked key ids from a sorted set in Redis. Any Redis user that may revoke keys can add arbitrary entries. An entry that cannot be a key
/// id is therefore ignored, and the number of entries is limited.
/// </summary>
internal static class RevokedKeyIds
{
    /// <summary>The maximum number of entries that are read. The entries that expire first are read first.</summary>
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
