namespace Rewt.Internal;

/// <summary>Limits the log of refused tokens to one line a second for each reason, so that a flood of forged tokens does not fill it.</summary>
internal sealed class RefusalThrottle(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly (long? LoggedAt, int Skipped)[] _reasons = new (long?, int)[Enum.GetValues<RefusalReason>().Length];

    /// <summary>Whether to log this refusal.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="skipped">The number of refusals for this reason that were not logged since the last line.</param>
    public bool IsDue(RefusalReason reason, out int skipped)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            (var loggedAt, skipped) = _reasons[(int)reason];
            var isDue = loggedAt is not { } last || time.GetElapsedTime(last, now) >= Pause;
            _reasons[(int)reason] = isDue ? (now, 0) : (loggedAt, skipped + 1);
            return isDue;
        }
    }
}
