namespace Rewt.Tests.Infrastructure;

/// <summary>
/// A fake clock that exposes its armed timers, so that a test can wait until the code under test waits for a timer. As on a real machine, adjusting the wall
/// clock does not change the timestamps.
/// </summary>
internal sealed class TestClock : FakeTimeProvider
{
    private readonly ConcurrentDictionary<Arming, bool> _armed = new();
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private long _adjusted;

    public int ArmedTimers => _armed.Count;

    /// <summary>
    /// Gets the number of armed timers of loops, which create their timers disarmed, and arm them only while they have nothing to do. Timers of task timeouts
    /// are not counted, because they may stay armed for a moment after the task has completed.
    /// </summary>
    public int SleepingLoops => _armed.Keys.Count(arming => arming.IsOfLoop);

    /// <summary>Gets the time until the next timer fires, or null if no timer is armed.</summary>
    public TimeSpan? UntilNext => _armed.Keys.Select(arming => (TimeSpan?)GetElapsedTime(GetTimestamp(), arming.Due)).Min();

    /// <summary>
    /// Advances the clock from timer to timer until the condition is met. Before each step it waits until the code under test has armed a timer that is due
    /// within the given time; timers that are due later are ignored.
    /// </summary>
    public async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan within, Action<TimeSpan> advance)
    {
        while (true)
        {
            await Eventually.TrueAsync(() => condition() || UntilNext <= within, "the code under test waits for a timer");
            if (condition()) return;
            // A timer that was armed while the clock advanced fires slightly later than its recorded time.
            if (UntilNext is { } next) advance(next > Step ? next : Step);
        }
    }

    public override long GetTimestamp() => base.GetTimestamp() - Volatile.Read(ref _adjusted);

    public void AdjustWallClock(TimeSpan by)
    {
        AdjustTime(GetUtcNow() + by);
        Interlocked.Add(ref _adjusted, by.Ticks);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TrackedTimer(this, callback, state, isOfLoop: dueTime == Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }

    private ITimer CreateInnerTimer(Action callback, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(_ => callback(), null, dueTime, period);

    /// <summary>One call of <see cref="ITimer.Change"/>.</summary>
    private sealed class Arming(bool isOfLoop)
    {
        private long _due;

        public bool IsOfLoop => isOfLoop;

        public bool HasEnded { get; set; }

        public long Due
        {
            get => Volatile.Read(ref _due);
            set => Volatile.Write(ref _due, value);
        }
    }

    private sealed class TrackedTimer(TestClock clock, TimerCallback callback, object? state, bool isOfLoop) : ITimer
    {
        private Arming? _arming;
        private ITimer? _inner;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Dispose();
            if (dueTime == Timeout.InfiniteTimeSpan) return true;

            var arming = new Arming(isOfLoop) { Due = clock.GetTimestamp() + dueTime.Ticks };
            _arming = arming;
            _inner = clock.CreateInnerTimer(() => Fire(arming, period), dueTime, period);
            // The timer becomes visible after it is armed, so that a test that sees the timer can advance the clock.
            lock (arming)
            {
                if (!arming.HasEnded) clock._armed[arming] = true;
            }

            return true;
        }

        public void Dispose()
        {
            _inner?.Dispose();
            if (_arming is { } arming) End(arming);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(Arming arming, TimeSpan period)
        {
            if (period == Timeout.InfiniteTimeSpan) End(arming);
            else arming.Due = clock.GetTimestamp() + period.Ticks;
            callback(state);
        }

        private void End(Arming arming)
        {
            lock (arming)
            {
                arming.HasEnded = true;
                clock._armed.TryRemove(arming, out _);
            }
        }
    }
}
