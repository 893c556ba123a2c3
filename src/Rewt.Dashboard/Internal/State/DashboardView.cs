namespace Rewt.Internal;

/// <summary>The data that the dashboard shows at one time, in the form of its JSON. The data contain no secrets.</summary>
/// <param name="At">The time by this instance's clock, in Unix milliseconds.</param>
/// <param name="Service">The name of this instance's service.</param>
/// <param name="Instance">The name of this instance in the instance list.</param>
/// <param name="Health">The status of the health check: <c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="HealthText">The reason for the health status, and the solution.</param>
/// <param name="Rings">The key rings that this application uses.</param>
/// <param name="Traffic">The counters of this instance.</param>
internal sealed record DashboardView(
    long At, string? Service, string? Instance, string Health, string? HealthText, IReadOnlyList<RingView> Rings, TrafficView Traffic);
