using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that map the dashboard, which is a page on which operators see, rotate and revoke keys.</summary>
public static class RewtDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the dashboard, which is a page for operators. The page shows the keys, the live instances, and the metrics of the instance that serves the
    /// page. The page is updated every second. The operator can also rotate and revoke keys on the page. Every endpoint under
    /// <paramref name="pattern"/> requires the policy, even if the application calls <c>AllowAnonymous</c> for the dashboard. The dashboard can be
    /// mapped more than once, and in route groups.
    /// </summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <param name="pattern">The route prefix. Default: <c>/rewt</c>.</param>
    /// <param name="policy">The name of the authorization policy that the endpoints require. Default:
    /// <see cref="RewtDashboardDefaults.PolicyName"/>.</param>
    /// <returns>The convention builder of all endpoints of the dashboard.</returns>
    /// <exception cref="InvalidOperationException">The authorization policy does not exist, or the application has called neither
    /// <c>AddRewtAuthentication</c> nor <c>AddRewtKeys</c>.</exception>
    public static IEndpointConventionBuilder MapRewtDashboard(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/rewt", string? policy = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        return DashboardEndpoints.Map(endpoints, pattern, policy ?? RewtDashboardDefaults.PolicyName);
    }
}
