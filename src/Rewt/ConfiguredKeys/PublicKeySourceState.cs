namespace Rewt.Internal;

/// <summary>
/// The state of one source of public keys at a refresh: the keys and the time of the last successful read, and the failure of a later read, if any.
/// </summary>
/// <param name="Name">The name of the source in log messages.</param>
/// <param name="Keys">The keys of the last successful read; <see langword="null"/> if no read has succeeded.</param>
/// <param name="At">The time of the last successful read.</param>
/// <param name="Failure">The failure of the last read; <see langword="null"/> if the last read succeeded.</param>
internal sealed record PublicKeySourceState(string Name, PublicKeySet? Keys, ClockReading At, PublicKeySourceException? Failure)
{
    /// <summary>The duration after which a read counts as too slow.</summary>
    public static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(10);

    /// <summary>The time at which the read in progress began; <see langword="null"/> if no read is in progress.</summary>
    public ClockReading? PendingSince { get; init; }

    /// <summary>Whether a read is in progress. While a read is in progress, <see cref="Keys"/> may be incomplete.</summary>
    public bool IsPending => PendingSince is not null;

    /// <summary>The time at which the last successful read began; <see langword="null"/> if no read has succeeded.</summary>
    public ClockReading? BeganAt { get; init; }

    /// <summary>Returns whether a read that began after <paramref name="asked"/> has succeeded.</summary>
    public bool IsAnsweredSince(ClockReading asked) => BeganAt is { } began && began.Since(asked) >= TimeSpan.Zero;

    /// <summary>
    /// Returns whether the last successful read is recent. A key that a recent read did not return is treated as missing in the source.
    /// </summary>
    public bool IsRecent(ClockReading now) => BeganAt is { } began && now.Since(began) < PendingRead.Limit(isFirst: false);

    /// <summary>Returns whether the health check reports the read in progress as too slow.</summary>
    public bool IsOverdue(ClockReading now) => PendingSince is { } since && now.Since(since) >= UsualLimit;

    /// <summary>
    /// Returns whether the keys may be used. The keys may be used if the last read succeeded and no read is in progress. Otherwise, the keys may be
    /// used until the stale budget has passed since the last successful read.
    /// </summary>
    public bool IsUsable(TimeSpan staleBudget, ClockReading now) => Keys is not null && ((Failure is null && !IsPending) || now.Since(At) <= staleBudget);
}
