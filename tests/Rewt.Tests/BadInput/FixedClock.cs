namespace Rewt.Tests.BadInput;

/// <summary>Waits take real time and the date stands still, so that a table can name the last second that is right.</summary>
internal sealed class FixedClock : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
