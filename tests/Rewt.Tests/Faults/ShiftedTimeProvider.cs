namespace Rewt.Tests.Faults;

/// <summary>The real clocks with a wall clock that is wrong by a settable amount, as after a suspension or with a bad NTP server.</summary>
public sealed class ShiftedTimeProvider : TimeProvider
{
    private long _shift;

    public TimeSpan Shift
    {
        get => new(Volatile.Read(ref _shift));
        set => Volatile.Write(ref _shift, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
}
