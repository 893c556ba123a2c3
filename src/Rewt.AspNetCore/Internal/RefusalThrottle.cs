using System.Collections.Frozen;

namespace Rewt.Internal;

/// <summary>Limits the log of refusals to one line a second for each reason, so that a flood of forged tokens or keys does not fill it.</summary>
/// <typeparam name="TReason">The reasons.</typeparam>
internal sealed class RefusalThrottle<TReason>(TimeProvider time)
    where TReason : struct, Enum
{
    private readonly FrozenDictionary<TReason, LogLimit> _limits = Enum.GetValues<TReason>().ToFrozenDictionary(reason => reason, _ => new LogLimit(TimeSpan.FromSeconds(1)));

    /// <summary>Whether to log this refusal.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="others">A sentence about the refusals for this reason that were not logged since the last line; empty if there are none.</param>
    public bool IsDue(TReason reason, out string others)
    {
        var count = _limits[reason].Count(time);
        others = count > 1 ? $" {count - 1} more for this reason were not logged." : string.Empty;
        return count > 0;
    }
}
