namespace Rewt.Internal;

/// <summary>
/// Limits a repeated event to one log line in an interval: it tells the caller whether a line is due, and how many occurrences that line stands for.
/// </summary>
internal sealed class LogLimit(TimeSpan interval)
{
    private readonly Lock _gate = new();
    private ClockReading? _loggedAt;
    private int _occurrences;

    /// <summary>Counts an occurrence.</summary>
    /// <returns>The occurrences since the last line, this one included, if a line is due; otherwise zero.</returns>
    public int Count(TimeProvider time)
    {
        lock (_gate)
        {
            _occurrences++;
            if (_loggedAt is { } at && at.Elapsed(time) < interval) return 0;

            var occurrences = _occurrences;
            (_loggedAt, _occurrences) = (ClockReading.Now(time), 0);
            return occurrences;
        }
    }
}
