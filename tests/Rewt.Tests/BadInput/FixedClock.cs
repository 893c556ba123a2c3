namespace Rewt.Tests.BadInput;

/// <summary>Represents a clock with a fixed date, so that a row can name the last valid second. Delays take real time.</summary>
internal sealed class FixedClock : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
