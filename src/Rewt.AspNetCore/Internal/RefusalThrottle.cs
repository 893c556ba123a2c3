namespace Rewt.Internal;

/// <summary>Limits the log of refused tokens to one line a second for each reason, so that a flood of forged tokens does not fill it.</summary>
internal sealed class RefusalThrottle(TimeProvider time)
{
    private readonly LogLimit[] _limits = [.. Enum.GetValues<RefusalReason>().Select(_ => new LogLimit(TimeSpan.FromSeconds(1)))];

    /// <summary>Whether to log this refusal.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="skipped">The number of refusals for this reason that were not logged since the last line.</param>
    public bool IsDue(RefusalReason reason, out int skipped)
    {
        skipped = _limits[(int)reason].Count(time) - 1;
        return skipped >= 0;
    }
}
