using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rewt.Internal;

/// <summary>Reports the health of this instance's key rings from memory, without a request to Redis. The data are the settings in force of each scheme.</summary>
internal sealed class RewtHealthCheck(KeyRingRegistry rings, DoctorReports reports, IRingStoreFactory stores) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = rings.Names.SelectMany(rings.Health).ToList();
        var warnings = rings.Namespaces.SelectMany(reports.Of).Where(finding => finding.Severity == FindingSeverity.Warning).Select(finding => finding.Text);
        var troubles = string.Join(' ', states.Select(state => state.DegradedReason).OfType<string>().Concat(warnings));
        return Task.FromResult(new HealthCheckResult(
            states.Exists(state => !state.CanServe) ? context.Registration.FailureStatus : troubles.Length > 0 ? HealthStatus.Degraded : HealthStatus.Healthy,
            troubles.Length > 0 ? troubles : "The keys are available and rotate.",
            data: rings.Names.ToDictionary(name => name.Length == 0 ? RewtDefaults.AuthenticationScheme : name, object (name) => new SettingsSummary(rings.Options(name), stores.Name).ToData(), StringComparer.Ordinal)));
    }
}
