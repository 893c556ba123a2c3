using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that restrict endpoints to named callers, to tokens that are bound to their request, or to one-time tokens.</summary>
public static class RewtAuthorizationExtensions
{
    /// <summary>
    /// Allows only the named callers to call an endpoint. A service is named by its service name (<c>orders</c>), another issuer by its URL
    /// (<c>https://auth.example/</c>), and a trusted app by <c>app:</c> and its id (<c>app:acme-mobile</c>). A trusted app can send its API key, or a
    /// token that was issued to the app. Other callers are answered with status 403. Callers authenticated by a scheme other than <c>Rewt</c> and
    /// <c>RewtApiKey</c> are rejected, regardless of their claims. The method does not select a scheme, so <c>Rewt</c> or <c>RewtApiKey</c> should be
    /// the default scheme. If the method is called for a group and for an endpoint of the group, both calls must name the caller.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint convention builder.</typeparam>
    /// <param name="builder">The endpoint convention builder.</param>
    /// <param name="callers">The names of the allowed callers.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The list of callers is empty or contains an invalid name.</exception>
    public static TBuilder RequireCaller<TBuilder>(this TBuilder builder, params string[] callers)
        where TBuilder : IEndpointConventionBuilder
    {
        var requirement = new CallerRequirement(callers);
        return builder.RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(requirement));
    }

    /// <summary>
    /// Requires a token that is bound to the method, path and query of the request (see <see cref="RequestBinding"/>). A request whose token is not
    /// bound is answered with status 401 and <c>rewt_error="wrong_request"</c>. A caller authenticated by a scheme other than Rewt's gets status 403.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint convention builder.</typeparam>
    /// <param name="builder">The endpoint or the group.</param>
    /// <param name="body">Whether the token must also be bound to the body of the request.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static TBuilder RequireBoundToken<TBuilder>(this TBuilder builder, bool body = false)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(new RequireBoundTokenAttribute { Body = body });

    /// <summary>
    /// Requires a one-time token. All instances of the called service together accept a one-time token only once. A request whose token is not a
    /// one-time token is answered with status 401 and <c>rewt_error="wrong_request"</c>. A caller authenticated by a scheme other than Rewt's gets
    /// status 403. If Redis is unavailable, the status is 503.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint convention builder.</typeparam>
    /// <param name="builder">The endpoint or the group.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static TBuilder RequireOneTimeToken<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(new RequireOneTimeTokenAttribute());

    /// <summary>Adds the requirement that the caller is one of the named services, other issuers or trusted apps.</summary>
    /// <param name="policy">The policy builder.</param>
    /// <param name="callers">The names of the allowed callers: a service name, the URL of another issuer, or <c>app:</c> and the id of a trusted app.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The list of callers is empty or contains an invalid name.</exception>
    public static AuthorizationPolicyBuilder RequireCaller(this AuthorizationPolicyBuilder policy, params string[] callers)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.AddRequirements(new CallerRequirement(callers));
    }
}
