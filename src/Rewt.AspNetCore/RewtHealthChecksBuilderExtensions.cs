using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add Rewt to the application's health checks.</summary>
public static class RewtHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a health check that reports the state of this instance's keys and trusted apps. The status is <see cref="HealthStatus.Degraded"/> if the
    /// instance cannot refresh or rotate its keys, if a rotation is overdue, if the clock of the instance is wrong, or if the doctor (the diagnosis of
    /// <c>rewt doctor</c>) reports a warning. The status is <paramref name="failureStatus"/> if the instance cannot sign tokens, verify tokens or
    /// verify API keys. The check reads memory only and sends no Redis command.
    /// </summary>
    /// <param name="builder">The health checks builder.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">The status that the check reports for a failure. Default: <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">The tags by which the application filters its health checks.</param>
    /// <param name="timeout">The timeout of the check. Default: none, because the check does not wait.</param>
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
