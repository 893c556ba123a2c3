namespace Rewt.Internal;

/// <summary>All that the dashboard shows at one moment, serialized once for all viewers.</summary>
/// <param name="Json">The JSON text in UTF-8.</param>
/// <param name="Stamp">A value that changes when a key ring changes.</param>
/// <param name="At">The time of the snapshot.</param>
internal sealed record DashboardSnapshot(byte[] Json, string Stamp, ClockReading At);
