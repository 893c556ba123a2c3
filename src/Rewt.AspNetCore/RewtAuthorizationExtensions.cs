using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that restrict endpoints to named callers.</summary>
public static class RewtAuthorizationExtensions
{
    /// <summary>
    /// Allows only the named callers: a service by its name (<c>orders</c>), or a trusted app as <c>app:acme-mobile</c>, with its API key or with
    /// a token issued for it. Other callers get 403. Only callers authenticated by the schemes <c>Rewt</c> and <c>RewtApiKey</c> count, and one
    /// of the two should be the default scheme. Users and the callers of other schemes are rejected whatever claims they have. Multiple calls,
    /// for example on a group and on its endpoint, must all allow the caller.
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
