using System.Collections.Immutable;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>The pending commands that read one service's ring.</summary>
internal sealed record ServiceParts(string Service, Task<HashEntry[]> Keys, Task<SortedSetEntry[]> Revoked)
{
    public IEnumerable<Task> All() => [Keys, Revoked];

    public static ServiceParts Request(IDatabaseAsync database, PairRedisKeys keys, string service) => new(
        service,
        database.HashGetAllAsync(keys.KeysOf(service), CommandFlags.DemandMaster),
        RevokedKeyIds.RequestAsync(database, keys.RevokedOf(service)));

    /// <summary>Reads the ring. A key of the wrong type is reported as this service's problem and does not affect others.</summary>
    public async Task<ServiceReading> ReadAsync(string? epoch)
    {
        try
        {
            var entries = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            // Assigned instead of added: two names with invalid UTF-8 may decode to the same string.
            foreach (var entry in await Keys.ConfigureAwait(false)) entries[entry.Name!] = entry.Value!;
            var dead = await RevokedKeyIds.ReadAsync(Revoked, PairSnapshot.IsPossible).ConfigureAwait(false);
            return epoch is null && entries.Count == 0 && dead.Count == 0 ? ServiceReading.Empty : new ServiceReading(epoch, entries, dead);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            return new ServiceReading(epoch, ImmutableDictionary<string, byte[]>.Empty, ImmutableDictionary<string, long>.Empty)
            {
                Problem = "one of its Redis keys has the wrong type; delete it with DEL",
            };
        }
    }
}
