namespace Rewt.Internal;

/// <summary>
/// The result of one atomic read of a shared secret's ring: the secret, the ring, the revocations and the store's time. <see cref="RotationPolicy"/>
/// decides from it, and a <see cref="RingSnapshot"/> is created from it.
/// </summary>
/// <param name="Slot">The secret, in the Redis key that Node's rewt uses.</param>
/// <param name="Ring">The ring that is stored with the secret; <see langword="null"/> when it is absent or unreadable.</param>
/// <param name="Revoked">The revoked key ids, and when each may be forgotten.</param>
/// <param name="Now">The store's time.</param>
internal sealed record RingReading(SecretSlot Slot, RingState? Ring, IReadOnlyDictionary<string, StoreTime> Revoked, StoreTime Now)
{
    /// <summary>
    /// The Redis login may run neither scripts nor transactions. Only the secret is shared, as Node's rewt shares it; <see cref="Ring"/> and
    /// <see cref="Revoked"/> are this instance's own memory.
    /// </summary>
    public bool IsDegraded { get; init; }

    /// <summary>
    /// Why a sealed secret does not open; <see langword="null"/> if all do. The ring is then unknown, and nothing is written.
    /// </summary>
    public SealProblem? Problem { get; init; }

    /// <summary>The name of the ring's last writer as it is stored, not validated.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>The settings of the last writer of the ring; <see langword="null"/> when none are stored.</summary>
    public FleetSettings? Settings { get; init; }

    /// <summary>The epoch and version of the stored ring, readable or not, by which a write detects that the ring has changed since this reading.</summary>
    public string Stamp { get; init; } = string.Empty;

    /// <summary>A random value that changes with each change of a tenant; <see langword="null"/> if no tenant was ever revoked or deleted.</summary>
    public string? TenantStamp { get; init; }

    /// <summary>The number of fields of the stored ring.</summary>
    public int FieldCount { get; init; }

    /// <summary>A hash of all fields of the stored ring. It distinguishes two writes with the same version, of which a failover has lost one.</summary>
    public string ContentHash { get; init; } = string.Empty;
}
