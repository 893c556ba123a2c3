namespace Rewt.Internal;

/// <summary>The state of one source of public keys in a snapshot: the last keys, and the failure of the last read.</summary>
/// <param name="Name">The name for logs.</param>
/// <param name="Keys">The last keys; <see langword="null"/> when none were ever read.</param>
/// <param name="At">When the last keys were read.</param>
/// <param name="Failure">The failure of the last read; <see langword="null"/> when it succeeded.</param>
internal sealed record PublicKeySourceState(string Name, PublicKeySet? Keys, ClockReading At, PublicKeySourceException? Failure)
{
    /// <summary>Whether a read is going on, so that the source may have more keys than these.</summary>
    public bool IsPending { get; init; }

    /// <summary>When the last successful read began; <see langword="null"/> before the first.</summary>
    public ClockReading? BeganAt { get; init; }

    /// <summary>Whether a read that began after <paramref name="asked"/> has succeeded.</summary>
    public bool IsAnsweredSince(ClockReading asked) => BeganAt is { } began && began.Since(asked) >= TimeSpan.Zero;

    /// <summary>Whether a read that began as recently as a request waits has succeeded. An unknown key is not in this source then.</summary>
    public bool IsRecent(ClockReading now) => BeganAt is { } began && now.Since(began) < PendingRead.Limit(isFirst: false);

    /// <summary>Whether the keys may be used. Until a read succeeds they may be used for the stale budget.</summary>
    public bool IsUsable(TimeSpan staleBudget, ClockReading now) => Keys is not null && ((Failure is null && !IsPending) || now.Since(At) <= staleBudget);
}
