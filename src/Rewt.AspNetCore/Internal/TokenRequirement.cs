using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Rewt.Internal;

/// <summary>
/// The authorization requirement of <c>RequireBoundToken</c> and <c>RequireOneTimeToken</c>: the caller's token is bound to its request, or is a
/// one-time token. The requirement reads the <see cref="TokenBindingFeature"/> that <see cref="RewtHandler"/> sets. The class is also the
/// authorization handler of the requirement, so no handler registration is needed.
/// </summary>
internal sealed class TokenRequirement(Func<TokenBinding, bool> isMet, RefusalReason refusal, string text) : AuthorizationHandler<TokenRequirement>, IAuthorizationRequirement
{
    public const string Target = "Rewt.BoundToken";
    public const string TargetAndBody = "Rewt.BoundToken.Body";
    public const string OneTime = "Rewt.OneTimeToken";

    private readonly Func<TokenBinding, bool> _isMet = isMet;
    private readonly RefusalReason _refusal = refusal;

    /// <summary>
    /// Adds a named authorization policy for each requirement. A named policy also works where endpoint metadata is not evaluated, for example in
    /// hubs. Each named policy includes the application's default policy, because a named policy replaces the default policy.
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

    /// <summary>Returns the text that ASP.NET Core logs if the requirement is not met.</summary>
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
