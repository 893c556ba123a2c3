using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// An authorization requirement that every user meets. The check of the requirement adds the headers of <see cref="DashboardHeaders"/> to the
/// response. A response of the authorization middleware (401, 403 or a redirect to a login) therefore has these headers, although the endpoint does
/// not run for such a response.
/// </summary>
internal sealed class DashboardHeadersRequirement : AuthorizationHandler<DashboardHeadersRequirement>, IAuthorizationRequirement, IAuthorizationRequirementData
{
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, DashboardHeadersRequirement requirement)
    {
        if (context.Resource is HttpContext http && http.GetEndpoint() is { } dashboard)
        {
            // Not at once, because a page of the application may replace the response and then runs as another endpoint.
            http.Response.OnStarting(() =>
            {
                if (ReferenceEquals(http.GetEndpoint(), dashboard)) DashboardHeaders.Write(http.Response);
                return Task.CompletedTask;
            });
        }

        context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
