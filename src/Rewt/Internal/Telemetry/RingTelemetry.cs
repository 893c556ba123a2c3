namespace Rewt.Internal;

/// <summary>Where a ring reports what happens to it.</summary>
internal sealed record RingTelemetry(RingMetrics Metrics, RingAudit Audit);
