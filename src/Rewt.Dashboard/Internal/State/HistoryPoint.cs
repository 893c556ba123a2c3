namespace Rewt.Internal;

/// <summary>One point in the charts of the dashboard: the counters of this instance at one time.</summary>
/// <param name="At">The time by this instance's clock, in Unix milliseconds.</param>
/// <param name="ContactAge">The longest time since the last read of any key ring, in milliseconds.</param>
/// <param name="Traffic">The counters of this instance.</param>
internal sealed record HistoryPoint(long At, long ContactAge, TrafficView Traffic);
