namespace Rewt.Internal;

/// <summary>
/// Reads the live instances of one key ring from Redis while a page of the dashboard is open. The list is read at most once a second, less often if it
/// is long, and never concurrently. Each snapshot waits a short time for at most one read, so that an unresponsive server does not block the page.
/// </summary>
internal sealed class InstanceObserver(InstanceTracker tracker, TimeProvider time)
{
    public const int MostShown = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private IReadOnlyList<InstanceHeartbeat>? _marks;
    private Task<IReadOnlyList<InstanceHeartbeat>?>? _reading;
    private ClockReading? _readAt;
    private bool _isLate;
    private string? _stamp;

    /// <summary>The reason why the last list of instances is out of date; <see langword="null"/> if it is up to date.</summary>
    public string? DegradedReason { get; private set; }

    private TimeSpan Pause => TimeSpan.FromMilliseconds(Math.Clamp((_marks?.Count ?? 0) * 10, 950, LongestPause.TotalMilliseconds));

    /// <returns>The newest entry of each instance; <see langword="null"/> if the key ring has no instance list, or if the list was never
    /// read.</returns>
    public async Task<IReadOnlyList<InstanceHeartbeat>?> ReadAsync(string stamp, CancellationToken cancellationToken)
    {
        var isDue = _readAt is not { } at || at.Elapsed(time) >= Pause || _stamp != stamp;
        if (_reading is null && isDue)
        {
            (_reading, _stamp, _readAt, _isLate) = (tracker.ReadAsync(CancellationToken.None), stamp, ClockReading.Now(time), false);
        }

        if (_reading is not { } reading || (_isLate && !reading.IsCompleted)) return _marks;
        try
        {
            _marks = await reading.WaitAsync(Patience, time, cancellationToken);
            (_reading, DegradedReason) = (null, null);
        }
        catch (TimeoutException) when (!reading.IsCompleted)
        {
            (_isLate, DegradedReason) = (true, "Redis has not returned the list of instances yet.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            (_reading, DegradedReason) = (null, $"The instances cannot be read ({StoreFailure.Cause(exception)}).");
        }

        return _marks;
    }
}
