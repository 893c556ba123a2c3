namespace Rewt.Internal;

/// <summary>Everything the page shows, at one moment. Never a secret: it is made of what may be printed.</summary>
/// <param name="At">This instance's clock, Unix milliseconds.</param>
/// <param name="Service">The service that this instance is of.</param>
/// <param name="Instance">Its name in the book of instances.</param>
/// <param name="Health"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>, as the health check has it.</param>
/// <param name="HealthText">Why, with the mend.</param>
/// <param name="Rings">The key rings of this application.</param>
/// <param name="Traffic">What this instance has counted.</param>
internal sealed record DashboardView(
    long At, string? Service, string? Instance, string Health, string? HealthText, IReadOnlyList<RingView> Rings, TrafficView Traffic);
