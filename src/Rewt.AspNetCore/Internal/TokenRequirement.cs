using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Requires that the token of the request was bound to it, or a one-time token. The scheme has checked the binding; a request that no scheme of Rewt
/// has authenticated never meets the requirement. It is its own authorization handler, so it needs no registration.
/// </summary>
internal sealed class TokenRequirement(Func<TokenBinding, bool> isMet, RefusalReason refusal, string text) : AuthorizationHandler<TokenRequirement>, IAuthorizationRequirement
{
    private readonly Func<TokenBinding, bool> _isMet = isMet;
    private readonly RefusalReason _refusal = refusal;

    /// <summary>Returns the text that the authorization log shows for a failure.</summary>
    public override string ToString() => text;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, TokenRequirement requirement)
    {
        // Without the request, for example for one method of a SignalR hub, there is nothing that a token could be bound to.
        if (context.Resource is not HttpContext http) return Task.CompletedTask;

        if (http.Features.Get<TokenBinding>() is { } binding && requirement._isMet(binding)) context.Succeed(requirement);
        else http.Features.Set(new UnmetRequirement(requirement._refusal));
        return Task.CompletedTask;
    }
}
