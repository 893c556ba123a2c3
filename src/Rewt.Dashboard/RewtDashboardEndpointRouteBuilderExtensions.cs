using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Maps the dashboard.</summary>
public static class RewtDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a page that shows operators the key ring, the instances and the figures of this instance live, and lets them rotate and revoke. Everything under
    /// <paramref name="pattern"/> asks for the policy; anonymous access that is allowed on top does not open it. Several may be mapped, in groups too.
    /// </summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="pattern">Where. Default <c>/rewt</c>.</param>
    /// <param name="policy">The authorization policy that lets operators in. Default <see cref="RewtDashboardDefaults.PolicyName"/>.</param>
    /// <returns>The endpoints of the page, for further conventions.</returns>
    /// <exception cref="InvalidOperationException">There is no such policy, or neither <c>AddRewtAuthentication</c> nor <c>AddRewt</c> was called.</exception>
    public static IEndpointConventionBuilder MapRewtDashboard(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/rewt", string? policy = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        return DashboardEndpoints.Map(endpoints, pattern, policy ?? RewtDashboardDefaults.PolicyName);
    }
}
