using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Rewt.Tests.Infrastructure;

/// <summary>
/// A fake clock that counts its armed timers, so that a test can wait until the code under test sleeps, and whose timestamps stand still when the wall clock
/// is adjusted, as those of a machine do.
/// </summary>
internal sealed class TestClock : FakeTimeProvider
{
    private readonly ConcurrentDictionary<CountedTimer, TimeSpan> _armed = new();
    private long _adjusted;

    public int ArmedTimers => _armed.Count;

    public override long GetTimestamp() => base.GetTimestamp() - Volatile.Read(ref _adjusted);

    public void AdjustWallClock(TimeSpan by)
    {
        AdjustTime(GetUtcNow() + by);
        Interlocked.Add(ref _adjusted, by.Ticks);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new CountedTimer(_armed);
        timer.Inner = base.CreateTimer(_ => timer.Fire(callback, state), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class CountedTimer(ConcurrentDictionary<CountedTimer, TimeSpan> armed) : ITimer
    {
        public ITimer Inner { get; set; } = null!;

        public void Fire(TimerCallback callback, object? state)
        {
            if (armed.TryGetValue(this, out var period) && period == Timeout.InfiniteTimeSpan) armed.TryRemove(this, out _);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan) armed.TryRemove(this, out _);
            else armed[this] = period;
            return Inner.Change(dueTime, period);
        }

        public void Dispose()
        {
            Inner.Dispose();
            armed.TryRemove(this, out _);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
