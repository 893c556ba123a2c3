namespace Rewt.Internal;

/// <summary>
/// What is known of one source of public keys at a refresh: the last keys that were read and the time of that read, and the failure of a later read,
/// if any.
/// </summary>
/// <param name="Name">The name for logs.</param>
/// <param name="Keys">The last keys; <see langword="null"/> when none were ever read.</param>
/// <param name="At">When the last keys were read.</param>
/// <param name="Failure">The failure of the last read; <see langword="null"/> when it succeeded.</param>
internal sealed record PublicKeySourceState(string Name, PublicKeySet? Keys, ClockReading At, PublicKeySourceException? Failure)
{
    /// <summary>The longest time that a read usually takes.</summary>
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(10);

    /// <summary>When the read that is in progress began; <see langword="null"/> if there is none.</summary>
    public ClockReading? PendingSince { get; init; }

    /// <summary>Whether a read is in progress, so that the source may have more keys than these.</summary>
    public bool IsPending => PendingSince is not null;

    /// <summary>When the last successful read began; <see langword="null"/> before the first.</summary>
    public ClockReading? BeganAt { get; init; }

    /// <summary>Whether a read that began after <paramref name="asked"/> has succeeded.</summary>
    public bool IsAnsweredSince(ClockReading asked) => BeganAt is { } began && began.Since(asked) >= TimeSpan.Zero;

    /// <summary>Whether the last successful read is so recent that a key which it did not return counts as missing in this source.</summary>
    public bool IsRecent(ClockReading now) => BeganAt is { } began && now.Since(began) < PendingRead.Limit(isFirst: false);

    /// <summary>Whether the read in progress takes so long that an operator should know.</summary>
    public bool IsOverdue(ClockReading now) => PendingSince is { } since && now.Since(since) >= UsualLimit;

    /// <summary>Whether the keys may be used: always after a successful read, and for the stale budget while the source fails or has not answered.</summary>
    public bool IsUsable(TimeSpan staleBudget, ClockReading now) => Keys is not null && ((Failure is null && !IsPending) || now.Since(At) <= staleBudget);
}
