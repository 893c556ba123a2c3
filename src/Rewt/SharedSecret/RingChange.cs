using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// A write to the ring of a shared secret, as <see cref="RotationPolicy"/> has decided it: the whole ring after the write, with the new secret, TTL
/// and revocations. Applying it twice has the same effect as once.
/// </summary>
/// <param name="Action">The reason for the write.</param>
/// <param name="Ring">The ring after the write.</param>
/// <param name="SetSecret">The new secret; <see langword="null"/> leaves the stored one unchanged.</param>
/// <param name="ExpireAt">When the secret's Redis key expires; <see langword="null"/> leaves the TTL unchanged.</param>
/// <param name="Revoked">The key ids to revoke, and when each may be forgotten.</param>
internal sealed record RingChange(
    RingAction Action,
    RingState Ring,
    Secret? SetSecret,
    StoreTime? ExpireAt,
    ImmutableDictionary<string, StoreTime> Revoked)
{
    /// <summary>The name of the instance or operator that makes the change, to be stored with the ring.</summary>
    public string? By { get; init; }

    /// <summary>Returns a text for logs, with key ids and without secrets.</summary>
    public override string ToString() => $"{Action}, version {Ring.Version}, current key {Ring.Current?.KeyId ?? "none"}";
}
