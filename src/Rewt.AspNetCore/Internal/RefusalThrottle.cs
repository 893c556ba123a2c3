using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>
/// Limits the log of refusals to one line per second for each reason, so that a flood of forged tokens or keys does not fill the log.
/// </summary>
/// <typeparam name="TReason">The type of a reason. The type must have few different values, because each value is kept in memory.</typeparam>
internal sealed class RefusalThrottle<TReason>(TimeProvider time)
    where TReason : notnull
{
    private readonly ConcurrentDictionary<TReason, LogLimit> _limits = [];

    /// <summary>Returns whether a refusal may be logged now.</summary>
    /// <param name="reason">The reason of the refusal.</param>
    /// <param name="others">A sentence with the number of refusals for the same reason that were not logged since the last line. The text is empty if
    /// no refusals were omitted.</param>
    public bool IsDue(TReason reason, out string others)
    {
        var count = _limits.GetOrAdd(reason, static _ => new LogLimit(TimeSpan.FromSeconds(1))).Count(time);
        others = count > 1 ? $" {count - 1} more for this reason were not logged." : string.Empty;
        return count > 0;
    }
}
