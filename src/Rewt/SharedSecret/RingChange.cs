using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// A write to the ring of a shared secret, as determined by <see cref="RotationPolicy"/>. The change contains the whole ring after the write, the new
/// secret, the TTL and the revocations. If the change is written again, the second write has no further effect.
/// </summary>
/// <param name="Action">The reason for the write.</param>
/// <param name="Ring">The state of the ring after the write.</param>
/// <param name="SetSecret">The new current secret; <see langword="null"/> if the stored secret stays unchanged.</param>
/// <param name="ExpireAt">The time at which the Redis key of the secret expires; <see langword="null"/> if the TTL stays unchanged.</param>
/// <param name="Revoked">The ids of the keys to revoke, each with the end of its retention time.</param>
internal sealed record RingChange(
    RingAction Action,
    RingState Ring,
    Secret? SetSecret,
    StoreTime? ExpireAt,
    ImmutableDictionary<KeyId, StoreTime> Revoked)
{
    /// <summary>The name of the instance or operator that makes the change. The name is stored with the ring.</summary>
    public string? By { get; init; }

    /// <summary>Returns a text for the log, with key ids but without secrets.</summary>
    public override string ToString() => $"{Action}, version {Ring.Version}, current key {Ring.Current?.KeyId.ToString() ?? "none"}";
}
