namespace Rewt.Internal;

/// <summary>
/// The result of one atomic read of a shared secret's ring: the secret, the ring, the revocations and the time of the store. The reading is the input
/// of <see cref="RotationPolicy"/>, and a <see cref="RingSnapshot"/> is created from it.
/// </summary>
/// <param name="Slot">The current secret, from the Redis key that the Node module <c>rewt</c> uses too.</param>
/// <param name="Ring">The stored ring; <see langword="null"/> if it is absent or unreadable.</param>
/// <param name="Revoked">The ids of the revoked keys, each with the end of its retention time.</param>
/// <param name="Now">The time of the read, by the clock of the store.</param>
internal sealed record RingReading(SecretSlot Slot, RingState? Ring, IReadOnlyDictionary<KeyId, StoreTime> Revoked, StoreTime Now)
{
    /// <summary>
    /// Whether only the secret is shared through Redis, because the Redis user may run neither scripts nor transactions. <see cref="Ring"/> and
    /// <see cref="Revoked"/> then come from the memory of this instance.
    /// </summary>
    public bool IsDegraded { get; init; }

    /// <summary>
    /// The reason why a sealed secret could not be opened; <see langword="null"/> if all secrets were opened. If a secret could not be opened, the
    /// ring is unknown, and nothing is written.
    /// </summary>
    public SealProblem? Problem { get; init; }

    /// <summary>
    /// The time up to which <see cref="Revoked"/> is complete: all stored revocations that end earlier are included. The value is
    /// <see cref="StoreTime.Never"/>, unless the store contains more revocations than are read.
    /// </summary>
    public StoreTime RevokedUntil { get; init; } = StoreTime.Never;

    /// <summary>The stored name of the ring's last writer. The name is not validated.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>The stored settings of the ring's last writer; <see langword="null"/> if no settings are stored.</summary>
    public FleetSettings? Settings { get; init; }

    /// <summary>
    /// The epoch and version of the stored ring, even if the ring is unreadable. A write compares this stamp with the stamp in the store, and thus
    /// detects whether the ring has changed since this read.
    /// </summary>
    public string Stamp { get; init; } = string.Empty;

    /// <summary>A random value that each change of a tenant replaces; <see langword="null"/> if no tenant was ever revoked or deleted.</summary>
    public string? TenantStamp { get; init; }

    /// <summary>The number of fields in the Redis hash of the stored ring.</summary>
    public int FieldCount { get; init; }

    /// <summary>
    /// A hash of all fields of the stored ring. If a failover has lost a write, a later write can have the version of the lost write. The hash
    /// distinguishes these two writes.
    /// </summary>
    public string ContentHash { get; init; } = string.Empty;
}
