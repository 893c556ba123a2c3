namespace Rewt.Internal;

/// <summary>
/// A point in time by both clocks. Time passed since then is the larger of the two deltas: the monotonic clock of a suspended machine
/// stands still, and the wall clock may be set back.
/// </summary>
internal readonly record struct Moment(long Timestamp, DateTimeOffset WallClock)
{
    public static Moment Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

    public TimeSpan Elapsed(TimeProvider time)
    {
        var monotonic = time.GetElapsedTime(Timestamp);
        var wall = time.GetUtcNow() - WallClock;
        return monotonic > wall ? monotonic : wall;
    }
}
