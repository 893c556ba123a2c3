using System.Collections.Concurrent;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The clock of a <see cref="RewtTestRing"/> and its hosts. The date and time stay the same until the test advances the clock, so the test controls
/// expiry and rotation. Timers and timestamps also run in real time. A host that waits for a timer therefore continues even if the test never advances
/// the clock. When the test advances the clock, timers and timestamps advance by the same amount.
/// </summary>
public sealed class RewtTestClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<TestTimer, byte> _armed = new();
    private readonly DateTimeOffset _start;
    private readonly long _began = System.GetTimestamp();
    private TimeSpan _advanced;

    internal RewtTestClock(DateTimeOffset start) => _start = start;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _start + _advanced;
    }

    /// <inheritdoc />
    public override long GetTimestamp()
    {
        lock (_gate) return (System.GetElapsedTime(_began) + _advanced).Ticks;
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new TestTimer(this, callback, state, dueTime, period);
    }

    /// <summary>Advances the clock. The callbacks of timers that become due run shortly afterwards, on thread pool threads.</summary>
    /// <param name="by">The time by which the clock advances.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (_gate) _advanced += by;
        foreach (var timer in _armed.Keys) timer.Recheck();
    }

    internal void Arm(TestTimer timer) => _armed[timer] = 0;

    internal void Disarm(TestTimer timer) => _armed.TryRemove(timer, out _);
}
