namespace Rewt.Tests.Infrastructure;

/// <summary>
/// A fake clock that exposes its armed timers, so that a test can wait until the code under test waits for a timer. As on a real machine, adjusting the wall
/// clock does not change the timestamps.
/// </summary>
internal sealed class TestClock : FakeTimeProvider
{
    private readonly ConcurrentDictionary<TrackedTimer, (long Due, TimeSpan Period)> _armed = new();
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private long _adjusted;
    private int _loopRounds;

    public int ArmedTimers => _armed.Count;

    /// <summary>
    /// Gets the number of armed timers of loops, which create their timers disarmed. Timers of task timeouts are not counted, because they may stay armed for
    /// a moment after the task has completed.
    /// </summary>
    public int SleepingLoops => _armed.Keys.Count(timer => timer.IsOfLoop);

    /// <summary>
    /// Gets the number of times that loops have armed their timers. A higher number than before a request means that the loop has made at least one round, also
    /// if its timer is still armed while the loop works.
    /// </summary>
    public int LoopRounds => Volatile.Read(ref _loopRounds);

    /// <summary>Gets the time until the next timer fires, or null if no timer is armed.</summary>
    public TimeSpan? UntilNext => _armed.Values.Select(timer => (TimeSpan?)GetElapsedTime(GetTimestamp(), timer.Due)).Min();

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
        var timer = new TrackedTimer(this) { IsOfLoop = dueTime == Timeout.InfiniteTimeSpan };
        timer.Inner = base.CreateTimer(_ => timer.Fire(callback, state), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Track(TrackedTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan) _armed.TryRemove(timer, out _);
        else _armed[timer] = (GetTimestamp() + dueTime.Ticks, period);
    }

    private sealed class TrackedTimer(TestClock clock) : ITimer
    {
        public ITimer Inner { get; set; } = null!;

        public required bool IsOfLoop { get; init; }

        public void Fire(TimerCallback callback, object? state)
        {
            if (clock._armed.TryGetValue(this, out var tracked)) clock.Track(this, tracked.Period, tracked.Period);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // A timer without a delay fires before it is armed, so it must not seem to wait.
            var armed = clock.GetTimestamp();
            clock.Track(this, dueTime == TimeSpan.Zero ? period : dueTime, period);
            var isChanged = Inner.Change(dueTime, period);
            // A test that saw the timer may have advanced the clock before the timer was armed.
            if (dueTime > TimeSpan.Zero && clock.GetElapsedTime(armed) is var passed && passed > TimeSpan.Zero) Inner.Change(passed < dueTime ? dueTime - passed : TimeSpan.Zero, period);
            if (IsOfLoop) Interlocked.Increment(ref clock._loopRounds);
            return isChanged;
        }

        public void Dispose()
        {
            Inner.Dispose();
            clock.Track(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
