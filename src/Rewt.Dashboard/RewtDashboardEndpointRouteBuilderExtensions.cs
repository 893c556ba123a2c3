using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that map the dashboard, a page on which operators see, rotate and revoke keys.</summary>
public static class RewtDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a page for operators. The page shows the key ring, the instances and the metrics of this instance live, and can rotate and revoke keys.
    /// Every endpoint under <paramref name="pattern"/> requires the policy, even if anonymous access is allowed in addition. The dashboard can be
    /// mapped more than once, also in route groups.
    /// </summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <param name="pattern">The route prefix. Default: <c>/rewt</c>.</param>
    /// <param name="policy">The authorization policy. Default: <see cref="RewtDashboardDefaults.PolicyName"/>.</param>
    /// <returns>The endpoints of the dashboard, for further conventions.</returns>
    /// <exception cref="InvalidOperationException">
    /// The policy does not exist, or neither <c>AddRewtAuthentication</c> nor <c>AddRewtKeys</c> was called.
    /// </exception>
    public static IEndpointConventionBuilder MapRewtDashboard(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/rewt", string? policy = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        return DashboardEndpoints.Map(endpoints, pattern, policy ?? RewtDashboardDefaults.PolicyName);
    }
}
