namespace Rewt.Load;

/// <summary>The system clock plus an offset.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Shift(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref _ticks);
}
