using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace Rewt.Internal;

/// <summary>
/// The authorization requirement of <c>RequireCaller</c>: the caller is one of the named services, other issuers or trusted apps. The class is
/// also the authorization handler of the requirement, so no handler registration is needed.
/// </summary>
internal sealed class CallerRequirement : AuthorizationHandler<CallerRequirement>, IAuthorizationRequirement
{
    private readonly HashSet<string> _callers;

    /// <exception cref="ArgumentException">The list of callers is empty or contains an invalid name.</exception>
    public CallerRequirement(string[] callers)
    {
        ArgumentNullException.ThrowIfNull(callers);
        if (callers.Length == 0) throw new ArgumentException("Specify at least one caller: the name of a service, the URL of another issuer, or app: and the id of an app.", nameof(callers));
        foreach (var caller in callers.Where(caller => caller is null || KeyMaterial.IsLikely(caller) || !(Names.IsName(caller) || AppName.Is(caller) || IsForeignIssuer(caller))))
        {
            throw new ArgumentException($"{KeyMaterial.Shown(caller ?? string.Empty)} is not a caller. Write the name of a service, the URL of another issuer, or app: and the id of an app.", nameof(callers));
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

    /// <summary>Returns whether a value is the URL of an issuer other than Rewt. Other values with a colon are misspelt names of apps.</summary>
    private static bool IsForeignIssuer(string caller) => caller.Contains("://", StringComparison.Ordinal) && Names.IsForeignIdentifier(caller);

    /// <summary>
    /// Returns whether an identity is an allowed caller. Identities of schemes other than Rewt's are never allowed, because the issuer of such an
    /// identity can have the same name as an allowed service.
    /// </summary>
    private bool IsAllowed(ClaimsIdentity identity) =>
        identity.AuthenticationType is RewtDefaults.AuthenticationScheme or RewtDefaults.ApiKeyScheme
        && identity.FindFirst("iss") is { } caller
        && _callers.Contains(caller.Value);
}
