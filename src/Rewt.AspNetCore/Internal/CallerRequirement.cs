using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace Rewt.Internal;

/// <summary>That the caller is one of these. Judges itself, so that a policy needs no registration.</summary>
internal sealed class CallerRequirement : AuthorizationHandler<CallerRequirement>, IAuthorizationRequirement
{
    private readonly HashSet<string> _callers;

    /// <exception cref="ArgumentException">There is no name, or one that no caller can have.</exception>
    public CallerRequirement(string[] callers)
    {
        ArgumentNullException.ThrowIfNull(callers);
        if (callers.Length == 0) throw new ArgumentException("Name at least one caller: a service's name, or app: and an app's id.", nameof(callers));
        foreach (var caller in callers.Where(caller => !Names.IsName(caller) && !(caller is not null && AppName.Is(caller))))
        {
            throw new ArgumentException($"'{caller}' is no caller: write a service's name, or app: and an app's id.", nameof(callers));
        }

        _callers = callers.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>For the failure that a policy's log names.</summary>
    public override string ToString() => $"The caller is one of: {string.Join(", ", _callers)}";

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, CallerRequirement requirement)
    {
        if (context.User.Identities.Any(IsAllowed)) context.Succeed(requirement);
        return Task.CompletedTask;
    }

    /// <summary>By the scheme that vouches for the name: a user's token of another scheme may be issued by a service that is named here.</summary>
    private bool IsAllowed(ClaimsIdentity identity) =>
        identity.AuthenticationType is RewtDefaults.AuthenticationScheme or RewtDefaults.ApiKeyScheme
        && identity.FindFirst("iss") is { } caller
        && _callers.Contains(caller.Value);
}
