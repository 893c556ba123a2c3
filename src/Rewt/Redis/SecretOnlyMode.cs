using System.Collections.Immutable;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Reads and writes only the secret, as the Node module <c>rewt</c> does. <see cref="RedisRingStore"/> uses this class if the Redis user may not
/// access the other keys. The rest of the ring and the revocations stay in the memory of this process.
/// </summary>
internal sealed class SecretOnlyMode(RedisConnection connection, RedisKeys keys, SecretSeal seal, TimeProvider time)
{
    private RingState? _ring;
    private ImmutableDictionary<KeyId, StoreTime> _revoked = ImmutableDictionary<KeyId, StoreTime>.Empty;

    /// <summary>Discards the ring and the revocations in memory, because the whole ring can be read from Redis again.</summary>
    public void Forget() => (_ring, _revoked) = (null, ImmutableDictionary<KeyId, StoreTime>.Empty);

    public async Task<RingReading> ReadAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var value = database.StringGetRangeAsync(keys.Secret, 0, SecretSlot.MaximumBytes, CommandFlags.DemandMaster);
        var timeToLive = RingReadCommands.LongAsync(database.ExecuteAsync("PTTL", [keys.Secret], CommandFlags.DemandMaster));
        await new Task[] { value, timeToLive }.UntilAnsweredAsync(connection, cancellationToken).ConfigureAwait(false);
        var (slot, problem) = await seal.OpenAsync(await RingReadCommands.SlotAsync(value, timeToLive).ConfigureAwait(false), [], cancellationToken).ConfigureAwait(false);
        return new RingReading(slot, _ring, _revoked, StoreTime.From(time.GetUtcNow()))
        {
            IsDegraded = true,
            Problem = problem,
        };
    }

    public async Task<bool> TryApplyAsync(IDatabase database, RingReading basis, RingChange plan, StoredChange stored, CancellationToken cancellationToken)
    {
        if (stored.Secret is { } secret)
        {
            var timeToLive = plan.ExpireAt!.Value - basis.Now;
            var written = await database.StringSetAsync(keys.Secret, secret, timeToLive, When.NotExists, CommandFlags.DemandMaster)
                .WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            if (!written) return false;
        }

        (_ring, _revoked) = (plan.Ring, _revoked.SetItems(plan.Revoked));
        return true;
    }
}
