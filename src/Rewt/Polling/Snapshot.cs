namespace Rewt.Internal;

/// <summary>
/// The base class of a snapshot, which is the immutable result of one read of a store. All requests share the snapshot. The snapshot provides its age. If
/// the content cannot be used, the snapshot also contains the reason.
/// </summary>
/// <param name="readStarted">The time at which the read began, by the clocks of this instance.</param>
internal abstract class Snapshot(ClockReading readStarted)
{
    /// <summary>The reason why the content cannot be used; <see langword="null"/> if the content can be used.</summary>
    public string? Problem { get; protected init; }

    /// <summary>The time at which the read began, by the clocks of this instance.</summary>
    protected ClockReading ReadStarted => readStarted;

    public TimeSpan Age(ClockReading now) => now.Since(readStarted);

    /// <summary>
    /// Returns whether the read began at or after <paramref name="earlier"/>. The ages of the read and of <paramref name="earlier"/> are computed with
    /// the same <paramref name="now"/>. With two readings of the clock, an old read would seem new if the process was paused between the readings.
    /// </summary>
    public bool IsSince(ClockReading earlier, ClockReading now) => Age(now) <= now.Since(earlier);
}
