namespace Rewt.Internal;

/// <summary>One point in the charts of the dashboard: the counters of this instance at one time.</summary>
/// <param name="At">The time by this instance's clock, in Unix milliseconds.</param>
/// <param name="ContactAge">The time since this instance last read a key ring, in milliseconds. If the application uses several key rings, the value
/// is the longest of these times.</param>
/// <param name="Traffic">The counters of this instance.</param>
internal sealed record HistoryPoint(long At, long ContactAge, TrafficView Traffic);
