using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add Rewt to the application's health checks.</summary>
public static class RewtHealthChecksBuilderExtensions
{
    /// <summary>
    /// Reports the state of this instance's keys and trusted apps. The status is <see cref="HealthStatus.Degraded"/> while the instance uses known keys that it
    /// cannot refresh or rotate, while a rotation is overdue, while its clock is wrong, or while the doctor reports a warning. The status is
    /// <paramref name="failureStatus"/> if the instance cannot sign, or verify tokens or API keys. The check reads memory only and sends no Redis command.
    /// </summary>
    /// <param name="builder">The health checks builder.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">The status of a failure. Default: <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to filter checks by.</param>
    /// <param name="timeout">The timeout. Default: none; the check does not wait.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static IHealthChecksBuilder AddRewtCheck(
        this IHealthChecksBuilder builder,
        string name = "rewt",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name, RewtHealthCheck.Create, failureStatus, tags, timeout));
    }
}
