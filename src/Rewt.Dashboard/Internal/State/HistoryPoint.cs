namespace Rewt.Internal;

/// <summary>One point of the dashboard's charts: the counters of this instance at one moment.</summary>
/// <param name="At">The time by this instance's clock, in Unix milliseconds.</param>
/// <param name="ContactAge">The longest time since a ring was last read, in milliseconds.</param>
/// <param name="Traffic">The counters.</param>
internal sealed record HistoryPoint(long At, long ContactAge, TrafficView Traffic);
