namespace Rewt.Tests.Faults;

/// <summary>The system time with a wall clock that is shifted by a settable amount, as after a suspension or with a wrong NTP server.</summary>
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
