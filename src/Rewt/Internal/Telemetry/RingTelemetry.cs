using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>Where a ring reports what happens to it.</summary>
internal sealed record RingTelemetry(RingMetrics Metrics, ILogger Audit, IAuditActor? Actor)
{
    public static RingTelemetry None(ILogger audit) => new(RingMetrics.None, audit, null);
}
