using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that restrict endpoints to named callers, to tokens that are bound to their request, or to one-time tokens.</summary>
public static class RewtAuthorizationExtensions
{
    /// <summary>
    /// Allows only the named callers: a service by its name (<c>orders</c>), or a trusted app as <c>app:acme-mobile</c>, with its API key or with
    /// a token issued for it. Other callers get 403. Only callers that the schemes <c>Rewt</c> and <c>RewtApiKey</c> authenticated can be
    /// allowed, and one of the two should be the default scheme. Users and the callers of other schemes are rejected whatever claims they have. If this method is
    /// called several times, for example on a group and on its endpoint, each call must allow the caller.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint convention builder.</typeparam>
    /// <param name="builder">The endpoint convention builder.</param>
    /// <param name="callers">The allowed callers.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The list is empty or contains an invalid name.</exception>
    public static TBuilder RequireCaller<TBuilder>(this TBuilder builder, params string[] callers)
        where TBuilder : IEndpointConventionBuilder
    {
        var requirement = new CallerRequirement(callers);
        return builder.RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(requirement));
    }

    /// <summary>
    /// Requires a token that is bound to the method, path and query of the request, and to its body if <paramref name="body"/> is set (see
    /// <see cref="RequestBinding"/>). A token without this binding gets 401 with <c>rewt_error="wrong_request"</c>. Callers of schemes other than Rewt's get 403.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint convention builder.</typeparam>
    /// <param name="builder">The endpoint or the group.</param>
    /// <param name="body">Whether the token must be bound to the body, too.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static TBuilder RequireBoundToken<TBuilder>(this TBuilder builder, bool body = false)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(new RequireBoundTokenAttribute { Body = body });

    /// <summary>
    /// Requires a one-time token. All instances of the token's audience together accept the token once. A token that is not a one-time token gets 401 with
    /// <c>rewt_error="wrong_request"</c>. Callers of schemes other than Rewt's get 403. If Redis is unavailable, the response is 503.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint convention builder.</typeparam>
    /// <param name="builder">The endpoint or the group.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static TBuilder RequireOneTimeToken<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(new RequireOneTimeTokenAttribute());

    /// <summary>Adds the requirement that the caller is one of the named callers.</summary>
    /// <param name="policy">The policy builder.</param>
    /// <param name="callers">The allowed callers.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The list is empty or contains an invalid name.</exception>
    public static AuthorizationPolicyBuilder RequireCaller(this AuthorizationPolicyBuilder policy, params string[] callers)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.AddRequirements(new CallerRequirement(callers));
    }
}
