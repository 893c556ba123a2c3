namespace Rewt.Tests.Infrastructure;

/// <summary>
/// A clock that moves only when a test moves it. Timers fire on the thread that advances, in the order in which they are due
/// (of two due at once, the one armed first), each seeing its own due time; a timer due at once fires with the next advance.
/// </summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _advancing = new();
    private readonly Lock _gate = new();
    private readonly SortedSet<ManualTimer> _armed = new(Comparer<ManualTimer>.Create(ManualTimer.ByDue));
    private TimeSpan _elapsed;
    private TimeSpan _adjustment;
    private long _armings;

    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How many timers are armed: a test waits on it to know that the code under test has gone to sleep.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _armed.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return start + _elapsed + _adjustment;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        Arm(timer, dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (_advancing)
        {
            TimeSpan target;
            lock (_gate)
            {
                target = _elapsed + by;
            }

            while (TakeDue(target) is { } timer)
            {
                // Outside the gate, because callbacks read the clock and arm timers.
                timer.Fire();
            }

            lock (_gate)
            {
                _elapsed = Max(_elapsed, target);
            }
        }
    }

    /// <summary>Sets the wall clock forward or back, as an operator or NTP does: timestamps and timers do not notice.</summary>
    public void AdjustWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _adjustment += by;
        }
    }

    internal bool Arm(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        }

        if (period != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        }

        lock (_gate)
        {
            if (timer.Disposed)
            {
                return false;
            }

            _armed.Remove(timer);
            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Enqueue(timer, _elapsed + dueTime);
            }

            return true;
        }
    }

    internal void Retire(ManualTimer timer)
    {
        lock (_gate)
        {
            _armed.Remove(timer);
            timer.Disposed = true;
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private ManualTimer? TakeDue(TimeSpan target)
    {
        lock (_gate)
        {
            if (_armed.Min is not { } timer || timer.Due > target)
            {
                return null;
            }

            _armed.Remove(timer);
            _elapsed = Max(_elapsed, timer.Due);
            if (timer.Period > TimeSpan.Zero)
            {
                Enqueue(timer, timer.Due + timer.Period);
            }

            return timer;
        }
    }

    private void Enqueue(ManualTimer timer, TimeSpan due)
    {
        // Set only while the timer is out of the set, which is sorted by them.
        timer.Due = due;
        timer.Arming = ++_armings;
        _armed.Add(timer);
    }
}
