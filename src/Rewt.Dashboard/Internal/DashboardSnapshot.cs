namespace Rewt.Internal;

/// <summary>The data that the dashboard shows at one time, serialized once for all viewers.</summary>
/// <param name="Json">The data as JSON, in UTF-8.</param>
/// <param name="Stamp">A value that changes when a key ring changes.</param>
/// <param name="At">The time of the snapshot.</param>
internal sealed record DashboardSnapshot(byte[] Json, string Stamp, ClockReading At);
