using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says who may call whom.</summary>
public static class RewtAuthorizationExtensions
{
    /// <summary>
    /// Lets only these callers in: a service by its name (<c>orders</c>), a trusted app as <c>app:acme-mobile</c>, whether it shows its key or a token that
    /// it got for it. Any other caller gets 403. Callers are those of the schemes <c>Rewt</c> and <c>RewtApiKey</c>, of which the default scheme
    /// should be one; users and the callers of other schemes are not let in, whatever their tokens say. Called twice, on a group and on its endpoint for
    /// instance, both must let the caller in.
    /// </summary>
    /// <typeparam name="TBuilder">The kind of endpoint.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="callers">Any of these.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="ArgumentException">There is no name, or one that no caller can have.</exception>
    public static TBuilder RequireCaller<TBuilder>(this TBuilder builder, params string[] callers)
        where TBuilder : IEndpointConventionBuilder
    {
        var requirement = new CallerRequirement(callers);
        return builder.RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(requirement));
    }

    /// <summary>Lets only these callers in, as a part of a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="callers">Any of these.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentException">There is no name, or one that no caller can have.</exception>
    public static AuthorizationPolicyBuilder RequireCaller(this AuthorizationPolicyBuilder policy, params string[] callers)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.AddRequirements(new CallerRequirement(callers));
    }
}
