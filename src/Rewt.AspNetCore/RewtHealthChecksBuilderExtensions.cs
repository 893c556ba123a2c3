using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Rewt to the application's health checks.</summary>
public static class RewtHealthChecksBuilderExtensions
{
    /// <summary>
    /// Reports the keys of this instance: <see cref="HealthStatus.Degraded"/> while it goes on with keys that it cannot read or write anew, when a rotation is
    /// overdue, the clock is off or the doctor has warned, and <paramref name="failureStatus"/> when it can neither sign nor verify. It looks at what the instance knows
    /// and sends Redis nothing.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">Default <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    /// <param name="timeout">Default: none; the check waits for nothing.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddRewt(
        this IHealthChecksBuilder builder,
        string name = "rewt",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name, provider => new RewtHealthCheck(provider.GetRequiredService<RingRegistry>(), provider.GetRequiredService<DoctorReports>()), failureStatus, tags, timeout));
    }
}
