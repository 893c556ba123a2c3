namespace Rewt.Internal;

/// <summary>
/// Limits the log of a repeated event to one line per interval. The class returns whether a line is due, and the number of occurrences since the last
/// line.
/// </summary>
internal sealed class LogLimit(TimeSpan interval)
{
    private readonly Lock _gate = new();
    private ClockReading? _loggedAt;
    private int _occurrences;

    /// <summary>Counts an occurrence of the event.</summary>
    /// <returns>If a line is due, the number of occurrences since the last line, including the current occurrence; otherwise zero.</returns>
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
