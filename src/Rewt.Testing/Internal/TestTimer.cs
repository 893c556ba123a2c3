namespace Rewt.Internal;

/// <summary>
/// A timer of <see cref="RewtTestClock"/>. The timer uses a system timer, which is rescheduled whenever the test advances the clock.
/// </summary>
internal sealed class TestTimer : ITimer
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly Lock _gate = new();
    private readonly RewtTestClock _clock;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ITimer _inner;
    private TimeSpan _period;
    private long? _due;
    private bool _disposed;

    public TestTimer(RewtTestClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        (_clock, _callback, _state) = (clock, callback, state);
        _inner = TimeProvider.System.CreateTimer(static timer => ((TestTimer)timer!).Fire(), this, Never, Never);
        Change(dueTime, period);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Never);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Never);
        lock (_gate)
        {
            if (_disposed) return false;
            _period = period;
            Set(dueTime == Never ? null : _clock.GetTimestamp() + dueTime.Ticks);
            return true;
        }
    }

    public void Recheck()
    {
        lock (_gate) Set(_due);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Set(null);
        }

        _inner.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Fire()
    {
        lock (_gate)
        {
            // System timers can fire a fraction of a millisecond early, and the due time may have changed in the meantime.
            if (_due is not { } due) return;
            var now = _clock.GetTimestamp();
            if (now < due)
            {
                Set(due);
                return;
            }

            Set(_period > TimeSpan.Zero ? now + _period.Ticks : null);
        }

        _callback(_state);
    }

    /// <summary>Sets the due time. The caller must hold the lock.</summary>
    private void Set(long? due)
    {
        _due = due;
        if (due is not { } at)
        {
            _clock.Disarm(this);
            _inner.Change(Never, Never);
            return;
        }

        // Registers first, so that a concurrent advance of the clock reschedules the timer.
        _clock.Arm(this);
        var left = TimeSpan.FromTicks(at - _clock.GetTimestamp());
        _inner.Change(left <= TimeSpan.Zero ? TimeSpan.Zero : left < LongestWait ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : LongestWait, Never);
    }

    /// <summary>
    /// The longest due time that is passed to a system timer, which supports at most 49 days. For a longer wait, the system timer is started again
    /// each time it fires.
    /// </summary>
    private static TimeSpan LongestWait => TimeSpan.FromDays(40);
}
