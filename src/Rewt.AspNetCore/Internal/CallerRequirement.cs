using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace Rewt.Internal;

/// <summary>
/// The authorization requirement of <c>RequireCaller</c>: the caller is one of the named services or trusted apps. The class is also the authorization
/// handler of the requirement, so no handler registration is needed.
/// </summary>
internal sealed class CallerRequirement : AuthorizationHandler<CallerRequirement>, IAuthorizationRequirement
{
    private readonly HashSet<string> _callers;

    /// <exception cref="ArgumentException">The list of callers is empty or contains an invalid name.</exception>
    public CallerRequirement(string[] callers)
    {
        ArgumentNullException.ThrowIfNull(callers);
        if (callers.Length == 0) throw new ArgumentException("Specify at least one caller: the name of a service, or app: and the id of an app.", nameof(callers));
        foreach (var caller in callers.Where(caller => !Names.IsName(caller) && !(caller is not null && AppName.Is(caller))))
        {
            throw new ArgumentException($"'{caller}' is not a caller. Write the name of a service, or app: and the id of an app.", nameof(callers));
        }

        _callers = callers.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Returns the text that ASP.NET Core logs if the requirement is not met.</summary>
    public override string ToString() => $"The caller is one of: {string.Join(", ", _callers)}";

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, CallerRequirement requirement)
    {
        if (context.User.Identities.Any(IsAllowed)) context.Succeed(requirement);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Returns whether an identity is an allowed caller. Identities of schemes other than Rewt's are never allowed, because the issuer of such an
    /// identity can have the same name as an allowed service.
    /// </summary>
    private bool IsAllowed(ClaimsIdentity identity) =>
        identity.AuthenticationType is RewtDefaults.AuthenticationScheme or RewtDefaults.ApiKeyScheme
        && identity.FindFirst("iss") is { } caller
        && _callers.Contains(caller.Value);
}
