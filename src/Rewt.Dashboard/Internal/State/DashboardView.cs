namespace Rewt.Internal;

/// <summary>All data that the dashboard shows at one moment, as JSON sends it. It contains no secrets.</summary>
/// <param name="At">The time by this instance's clock, in Unix milliseconds.</param>
/// <param name="Service">The name of this instance's service.</param>
/// <param name="Instance">The name of this instance in the instance list.</param>
/// <param name="Health">The status of the health check: <c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="HealthText">The reason for the status, with the fix.</param>
/// <param name="Rings">The key rings of this application.</param>
/// <param name="Traffic">The counters of this instance.</param>
internal sealed record DashboardView(
    long At, string? Service, string? Instance, string Health, string? HealthText, IReadOnlyList<RingView> Rings, TrafficView Traffic);
