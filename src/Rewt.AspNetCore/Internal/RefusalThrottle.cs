using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>Limits the log of refusals to one line a second for each reason, so that a flood of forged tokens or keys does not fill it.</summary>
/// <typeparam name="TReason">A reason, possibly with a name from the settings; there are few.</typeparam>
internal sealed class RefusalThrottle<TReason>(TimeProvider time)
    where TReason : notnull
{
    private readonly ConcurrentDictionary<TReason, LogLimit> _limits = [];

    /// <summary>Whether to log this refusal.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="others">A sentence about the refusals for this reason that were not logged since the last line; empty if there are none.</param>
    public bool IsDue(TReason reason, out string others)
    {
        var count = _limits.GetOrAdd(reason, static _ => new LogLimit(TimeSpan.FromSeconds(1))).Count(time);
        others = count > 1 ? $" {count - 1} more for this reason were not logged." : string.Empty;
        return count > 0;
    }
}
