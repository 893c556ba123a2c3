using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rewt.Internal;

/// <summary>Tells how the rings of this instance fare; asks no server.</summary>
internal sealed class RewtHealthCheck(RingRegistry rings, DoctorReports reports) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = rings.Names.SelectMany(rings.Health).ToList();
        var warnings = rings.Namespaces.SelectMany(reports.Of).Where(finding => finding.Severity == FindingSeverity.Warning).Select(finding => finding.Text);
        var troubles = string.Join(' ', states.Select(state => state.Trouble).OfType<string>().Concat(warnings));
        return Task.FromResult(new HealthCheckResult(
            states.Exists(state => !state.CanServe) ? context.Registration.FailureStatus : troubles.Length > 0 ? HealthStatus.Degraded : HealthStatus.Healthy,
            troubles.Length > 0 ? troubles : "Keys are at hand and rotate."));
    }
}
