namespace Rewt.Internal;

/// <summary>
/// A point in time by both clocks of this machine, the monotonic and the wall clock. The time between two readings is the larger of both differences,
/// so that neither a suspended machine nor a wall clock that is set back makes data seem younger than it is.
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
