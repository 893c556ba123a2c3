namespace Rewt.Internal;

/// <summary>The state of one key source: the last keys, and the failure of the last read.</summary>
/// <param name="Name">The name for logs.</param>
/// <param name="Keys">The last keys; <see langword="null"/> when none were ever read.</param>
/// <param name="At">When the last keys were read.</param>
/// <param name="Failure">The failure of the last read; <see langword="null"/> when it succeeded.</param>
internal sealed record PublicKeySourceState(string Name, PublicKeySet? Keys, ClockReading At, PublicKeySourceException? Failure)
{
    /// <summary>Whether the keys may be used. After a failure they may be used until the stale budget has passed since they were read.</summary>
    public bool IsUsable(TimeSpan staleBudget, ClockReading now) => Keys is not null && (Failure is null || now.Since(At) <= staleBudget);
}
