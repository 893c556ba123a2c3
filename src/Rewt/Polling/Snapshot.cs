namespace Rewt.Internal;

/// <summary>
/// The base class of what one read of a store returned: immutable, shared by all requests, with its age and, if the content cannot be used, the
/// reason.
/// </summary>
/// <param name="readStarted">When the read began, by this instance's clocks.</param>
internal abstract class Snapshot(ClockReading readStarted)
{
    /// <summary>Why the content cannot be used; <see langword="null"/> when it can.</summary>
    public string? Problem { get; protected init; }

    /// <summary>When the read began, by this instance's clocks.</summary>
    protected ClockReading ReadStarted => readStarted;

    public TimeSpan Age(ClockReading now) => now.Since(readStarted);

    /// <summary>
    /// Whether the read began after <paramref name="earlier"/>. Both ages are taken at one <paramref name="now"/>: if the process paused between
    /// two readings of the clock, an old read would seem to be new.
    /// </summary>
    public bool IsSince(ClockReading earlier, ClockReading now) => Age(now) <= now.Since(earlier);
}
