namespace Rewt.Internal;

/// <summary>
/// Reads the instance list while a page is open: at most once a second, less often in large fleets, and never concurrently. A snapshot waits for
/// a read only once and briefly, so that an unresponsive server does not block the page.
/// </summary>
internal sealed class InstanceObserver(InstanceRoll roll, TimeProvider time)
{
    public const int MostShown = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private IReadOnlyList<InstanceMark>? _marks;
    private Task<IReadOnlyList<InstanceMark>?>? _reading;
    private Moment? _readAt;
    private bool _isLate;
    private string? _stamp;

    /// <summary>The reason why the last list is not fresh, or <see langword="null"/>.</summary>
    public string? Trouble { get; private set; }

    private TimeSpan Pause => TimeSpan.FromMilliseconds(Math.Clamp((_marks?.Count ?? 0) * 10, 950, LongestPause.TotalMilliseconds));

    /// <returns>The newest entry of each instance; <see langword="null"/> if there is no list or it was never read.</returns>
    public async Task<IReadOnlyList<InstanceMark>?> ReadAsync(string stamp, CancellationToken cancellationToken)
    {
        var isDue = _readAt is not { } at || at.Elapsed(time) >= Pause || _stamp != stamp;
        if (_reading is null && isDue)
        {
            (_reading, _stamp, _readAt, _isLate) = (roll.ReadAsync(CancellationToken.None), stamp, Moment.Now(time), false);
        }

        if (_reading is not { } reading || (_isLate && !reading.IsCompleted)) return _marks;
        try
        {
            _marks = await reading.WaitAsync(Patience, time, cancellationToken);
            (_reading, Trouble) = (null, null);
        }
        catch (TimeoutException) when (!reading.IsCompleted)
        {
            (_isLate, Trouble) = (true, "Redis takes its time to say which instances there are.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            (_reading, Trouble) = (null, $"The instances cannot be read ({RingHealth.Cause(exception)}).");
        }

        return _marks;
    }
}
