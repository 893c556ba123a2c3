namespace Rewt.Internal;

/// <summary>All that one atomic read of the store saw, with the store's own time.</summary>
/// <param name="Slot">The secret as Node's rewt knows it.</param>
/// <param name="Ring">What the fleet keeps beside it; <see langword="null"/> when there is nothing readable.</param>
/// <param name="Dead">Revoked key ids and when each may be forgotten.</param>
/// <param name="Now">The store's clock, Unix milliseconds.</param>
internal sealed record RingReading(SecretSlot Slot, RingState? Ring, IReadOnlyDictionary<string, long> Dead, long Now)
{
    /// <summary>
    /// The login may run neither scripts nor transactions: only the secret itself is shared, as Node's rewt shares it, and
    /// <see cref="Ring"/> and <see cref="Dead"/> are what this instance remembers.
    /// </summary>
    public bool IsDegraded { get; init; }

    /// <summary>By whom the ring was changed last, as they gave it.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>The settings of whoever wrote the ring last; <see langword="null"/> when they left none.</summary>
    public FleetSettings? Settings { get; init; }

    /// <summary>What the store recognizes the ring by when a plan is applied, readable or not.</summary>
    public string Stamp { get; init; } = string.Empty;
}
