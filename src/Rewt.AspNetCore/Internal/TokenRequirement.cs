using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Rewt.Internal;

/// <summary>
/// The authorization requirement of <c>RequireBoundToken</c> and <c>RequireOneTimeToken</c>: the caller's token is bound to its request, or is a
/// one-time token. It relies on the <see cref="TokenBindingFeature"/> of <see cref="RewtHandler"/>, and is its own authorization handler, so it needs
/// no registration.
/// </summary>
internal sealed class TokenRequirement(Func<TokenBinding, bool> isMet, RefusalReason refusal, string text) : AuthorizationHandler<TokenRequirement>, IAuthorizationRequirement
{
    public const string Target = "Rewt.BoundToken";
    public const string TargetAndBody = "Rewt.BoundToken.Body";
    public const string OneTime = "Rewt.OneTimeToken";

    private readonly Func<TokenBinding, bool> _isMet = isMet;
    private readonly RefusalReason _refusal = refusal;

    /// <summary>
    /// Adds a policy for each requirement. Everything that reads an authorization attribute evaluates a named policy, also hubs and MVC without endpoint
    /// routing. A named policy replaces the application's default policy, so it contains that policy.
    /// </summary>
    public static void AddPolicies(AuthorizationOptions options)
    {
        Add(Target, new TokenRequirement(static binding => binding.HasTarget, RefusalReason.NotBound, "The token is bound to method, path and query."));
        Add(TargetAndBody, new TokenRequirement(
            static binding => binding.HasTarget && binding.Body is not null, RefusalReason.NotBound, "The token is bound to method, path, query and body."));
        Add(OneTime, new TokenRequirement(static binding => binding.IsOneTime, RefusalReason.NotOneTime, "The token is a one-time token."));

        void Add(string name, TokenRequirement requirement) =>
            options.AddPolicy(name, policy => policy.Combine(options.DefaultPolicy).RequireAuthenticatedUser().AddRequirements(requirement));
    }

    /// <summary>Returns the text that the authorization log shows for a failure.</summary>
    public override string ToString() => text;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, TokenRequirement requirement)
    {
        // Without the request, for example for one method of a SignalR hub, there is nothing that a token could be bound to.
        if ((context.Resource as HttpContext ?? (context.Resource as AuthorizationFilterContext)?.HttpContext) is not { } http) return Task.CompletedTask;

        if (http.Features.Get<TokenBindingFeature>() is { } caller && caller.IsIn(http) && requirement._isMet(caller.Binding)) context.Succeed(requirement);
        else http.Features.Set(new UnmetRequirement(requirement._refusal));
        return Task.CompletedTask;
    }
}
