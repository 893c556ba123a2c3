namespace Rewt.Internal;

/// <summary>
/// A point in time by both clocks of this machine: the monotonic clock and the wall clock. The time between two readings is computed with each clock,
/// and the larger result is used. The monotonic clock stops while the machine is suspended, and a user can set the wall clock back. In both cases,
/// the smaller result would make data seem younger than they are.
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
