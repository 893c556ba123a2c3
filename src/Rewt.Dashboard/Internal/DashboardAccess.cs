using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Accepts a request to the dashboard only if the authorization policy allows its user. The class evaluates the policy itself, because the
/// authorization middleware skips endpoints that also allow anonymous access.
/// </summary>
internal sealed class DashboardAccess
{
    private readonly string _policy;
    private readonly IAuthorizationPolicyProvider _policies;

    private DashboardAccess(string policy, IAuthorizationPolicyProvider policies) => (_policy, _policies) = (policy, policies);

    /// <exception cref="InvalidOperationException">The authorization policy does not exist.</exception>
    public static DashboardAccess Open(IServiceProvider services, string policy)
    {
        var policies = services.GetService<IAuthorizationPolicyProvider>() ?? throw NoPolicy(policy);

        // A custom policy provider may create policies on demand, so it is called with the first request instead.
        var isKnownNow = policies.GetType() == typeof(DefaultAuthorizationPolicyProvider);
        if (isKnownNow && services.GetRequiredService<IOptions<AuthorizationOptions>>().Value.GetPolicy(policy) is null) throw NoPolicy(policy);
        return new DashboardAccess(policy, policies);
    }

    /// <summary>
    /// Returns whether the policy allows the user of the request. If the policy does not allow the user, the method writes the response before it
    /// returns.
    /// </summary>
    public async Task<bool> LetInAsync(HttpContext context)
    {
        var policy = await PolicyAsync();
        var evaluator = context.RequestServices.GetRequiredService<IPolicyEvaluator>();
        var authenticated = await evaluator.AuthenticateAsync(policy, context);
        var result = await evaluator.AuthorizeAsync(policy, authenticated, context, context);
        // Saves the expiry now: assigning HttpContext.User clears IAuthenticateResultFeature.
        context.Items[typeof(DashboardAccess)] = authenticated.Properties?.ExpiresUtc;
        if (result.Succeeded) return true;

        var handler = context.RequestServices.GetRequiredService<IAuthorizationMiddlewareResultHandler>();
        await handler.HandleAsync(static _ => Task.CompletedTask, context, policy, result);
        return false;
    }

    /// <summary>Returns whether the policy still allows the user of the request.</summary>
    public async Task<bool> IsStillAllowedAsync(HttpContext context)
    {
        var authorization = context.RequestServices.GetRequiredService<IAuthorizationService>();
        return (await authorization.AuthorizeAsync(context.User, context, await PolicyAsync())).Succeeded;
    }

    /// <summary>Returns the time at which the login of the user expires; <see langword="null"/> if the time is unknown.</summary>
    public static DateTimeOffset? Ends(HttpContext context) => context.Items[typeof(DashboardAccess)] as DateTimeOffset?;

    private async Task<AuthorizationPolicy> PolicyAsync() => await _policies.GetPolicyAsync(_policy) ?? throw NoPolicy(_policy);

    private static InvalidOperationException NoPolicy(string policy) => new(
        $"MapRewtDashboard requires the authorization policy '{policy}', which decides which users may see and revoke keys, and the policy is not registered: "
        + $"call AddAuthorization(options => options.AddPolicy(\"{policy}\", policy => policy.RequireRole(\"…\"))), or specify another policy in MapRewtDashboard(pattern, policy). "
        + "The default policy and the fallback policy are not used.");
}
