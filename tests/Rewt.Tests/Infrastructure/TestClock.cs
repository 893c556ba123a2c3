namespace Rewt.Tests.Infrastructure;

/// <summary>
/// A fake clock that shows its armed timers, so that a test can wait until the code under test sleeps, and whose timestamps stand still when the wall clock
/// is adjusted, as those of a machine do.
/// </summary>
internal sealed class TestClock : FakeTimeProvider
{
    private readonly ConcurrentDictionary<ShownTimer, (long Due, TimeSpan Period)> _armed = new();
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private long _adjusted;

    public int ArmedTimers => _armed.Count;

    /// <summary>
    /// The armed timers of loops, which create them disarmed. A time limit of a task is no such timer; it may stay armed for a moment after the task has ended.
    /// </summary>
    public int SleepingLoops => _armed.Keys.Count(timer => timer.IsOfLoop);

    /// <summary>When the next timer fires; null while none is armed.</summary>
    public TimeSpan? UntilNext => _armed.Values.Select(timer => (TimeSpan?)GetElapsedTime(GetTimestamp(), timer.Due)).Min();

    /// <summary>
    /// Fires timer after timer until the condition holds, each time when the code under test waits for a timer that is due within a time. Other timers
    /// are further off.
    /// </summary>
    public async Task TurnUntilAsync(Func<bool> condition, TimeSpan within, Action<TimeSpan> advance)
    {
        while (true)
        {
            await Eventually.TrueAsync(() => condition() || UntilNext <= within, "the provider waits for its next read");
            if (condition()) return;
            // A timer that was armed while the clock moved fires a little later than it shows.
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
        var timer = new ShownTimer(this) { IsOfLoop = dueTime == Timeout.InfiniteTimeSpan };
        timer.Inner = base.CreateTimer(_ => timer.Fire(callback, state), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Show(ShownTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan) _armed.TryRemove(timer, out _);
        else _armed[timer] = (GetTimestamp() + dueTime.Ticks, period);
    }

    private sealed class ShownTimer(TestClock clock) : ITimer
    {
        public ITimer Inner { get; set; } = null!;

        public required bool IsOfLoop { get; init; }

        public void Fire(TimerCallback callback, object? state)
        {
            if (clock._armed.TryGetValue(this, out var shown)) clock.Show(this, shown.Period, shown.Period);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Show(this, dueTime, period);
            return Inner.Change(dueTime, period);
        }

        public void Dispose()
        {
            Inner.Dispose();
            clock.Show(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
