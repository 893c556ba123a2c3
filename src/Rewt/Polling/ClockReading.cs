namespace Rewt.Internal;

/// <summary>
/// A point in time by both clocks of this machine. The time passed between two is the larger of the two deltas: the monotonic clock of a suspended
/// machine stands still, and the wall clock may be set back.
/// </summary>
internal readonly record struct ClockReading(TimeSpan Monotonic, DateTimeOffset WallClock)
{
    public static ClockReading Now(TimeProvider time) => new(time.GetElapsedTime(0), time.GetUtcNow());

    public TimeSpan Since(ClockReading earlier)
    {
        var monotonic = Monotonic - earlier.Monotonic;
        var wall = WallClock - earlier.WallClock;
        return monotonic > wall ? monotonic : wall;
    }

    public TimeSpan Elapsed(TimeProvider time) => Now(time).Since(this);
}
