using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rewt.Internal;

/// <summary>
/// The health check of <c>AddRewtCheck</c>. The check reports the health of this instance's key rings, and of every other
/// <see cref="IHealthSource"/>. The check reads memory only and sends no request to Redis. The data of the result are the effective settings of each
/// scheme.
/// </summary>
internal sealed class RewtHealthCheck(KeyRingRegistry rings, DoctorReports reports, IRingStoreFactory stores, IEnumerable<IHealthSource> others) : IHealthCheck
{
    private const int LongestDescription = 4000;

    public static RewtHealthCheck Create(IServiceProvider services) =>
        new(
        services.GetRequiredService<KeyRingRegistry>(), services.GetRequiredService<DoctorReports>(), services.GetRequiredService<IRingStoreFactory>(), services.GetServices<IHealthSource>());

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = rings.Names.SelectMany(rings.Health).Concat(others.Select(other => other.Health())).ToList();
        var warnings = rings.Namespaces.SelectMany(reports.Of).Where(finding => finding.Severity == FindingSeverity.Warning).Select(finding => finding.Text);
        var troubles = UntrustedText.Escape(string.Join(' ', states.Select(state => state.DegradedReason).OfType<string>().Concat(warnings)), LongestDescription);
        return Task.FromResult(new HealthCheckResult(
            states.Exists(state => !state.CanServe) ? context.Registration.FailureStatus : troubles.Length > 0 ? HealthStatus.Degraded : HealthStatus.Healthy,
            troubles.Length > 0 ? troubles : "The keys are available and rotate.",
            data: rings.Names.ToDictionary(SchemeNames.Of, object (name) => Data(rings.Options(name)), StringComparer.Ordinal)));
    }

    private Dictionary<string, string> Data(RewtOptions settings) => new(new SettingsSummary(settings, stores.Name).ToData(), StringComparer.Ordinal)
    {
        // Known after the first examination of the server.
        ["connection"] = reports.ConnectionOf(settings.Namespace)?.ToString() ?? string.Empty,
    };
}
