using System.Collections.Immutable;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Reads the published public keys and the revocations of one service from Redis, as part of <see cref="PairReadCommands"/>. The replies are
/// converted to a <see cref="ServiceReading"/>.
/// </summary>
internal sealed record ServiceReadCommands(string Service, PairRedisKeys Names, Task<HashEntry[]> Keys, Task<SortedSetEntry[]> Revoked)
{
    /// <summary>The part of a message that tells an operator how to repair keys that cannot be read.</summary>
    public const string Repair = "delete it with DEL, and the services write it again";

    public IEnumerable<Task> All() => [Keys, Revoked];

    public static ServiceReadCommands Request(IDatabaseAsync database, PairRedisKeys keys, string service) => new(
        service,
        keys,
        database.HashGetAllAsync(keys.KeysOf(service), CommandFlags.DemandMaster),
        RevokedKeyIds.RequestAsync(database, keys.RevokedOf(service)));

    /// <summary>
    /// Waits for the replies, and returns the keys of the service. A Redis key of the wrong type or with too much data is a problem of this service
    /// only, and does not affect other services.
    /// </summary>
    public async Task<ServiceReading> ReadAsync(string? epoch)
    {
        try
        {
            var entries = EntryLimit.Fields(Names.KeysOf(Service), await Keys.ConfigureAwait(false), Repair);
            var (revocations, until) = await RevokedKeyIds.ReadAsync(Names.RevokedOf(Service), Revoked, keyId => keyId.IsOfKeyPair, Repair).ConfigureAwait(false);
            var isTruncated = until != StoreTime.Never;
            return epoch is null && entries.Count == 0 && revocations.Count == 0 && !isTruncated
                ? ServiceReading.Empty
                : new ServiceReading(epoch, entries, revocations) { IsTruncated = isTruncated };
        }
        catch (OversizedKeyException exception)
        {
            return ServiceReading.Empty with { Problem = exception.Message };
        }
        catch (RedisServerException exception) when (CommandRefusal.IsWrongType(exception))
        {
            return new ServiceReading(epoch, ImmutableDictionary<string, byte[]>.Empty, ImmutableDictionary<KeyId, StoreTime>.Empty)
            {
                Problem = "one of its Redis keys has the wrong type; delete it with DEL",
            };
        }
    }
}
