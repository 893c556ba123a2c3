using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The authorization requirement of <c>RequireCaller</c>: the caller is one of the named services, other issuers or trusted apps. The class is
/// also the authorization handler of the requirement, so no handler registration is needed.
/// </summary>
internal sealed class CallerRequirement : IAuthorizationHandler, IAuthorizationRequirement
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

    /// <summary>
    /// Evaluates only this requirement. Another requirement of this type in the same policy may permit other callers, and evaluates itself.
    /// </summary>
    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.User.Identities.Any(IsAllowed)) context.Succeed(this);
        else if ((context.Resource as HttpContext ?? (context.Resource as AuthorizationFilterContext)?.HttpContext) is { } http) Log(http, context.User);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Returns whether a value is the URL of an issuer other than Rewt. A value with a colon but without <c>://</c> is probably a misspelt app name.
    /// </summary>
    private static bool IsForeignIssuer(string caller) => caller.Contains("://", StringComparison.Ordinal) && Names.IsForeignIdentifier(caller);

    /// <summary>
    /// Returns whether an identity is an allowed caller. Identities of schemes other than Rewt's are never allowed, because the issuer of such an
    /// identity can have the same name as an allowed service.
    /// </summary>
    private bool IsAllowed(ClaimsIdentity identity) => IsOfRewt(identity) && identity.FindFirst("iss") is { } caller && _callers.Contains(caller.Value);

    private static bool IsOfRewt(ClaimsIdentity identity) => identity.AuthenticationType is RewtDefaults.AuthenticationScheme or RewtDefaults.ApiKeyScheme;

    /// <summary>
    /// Logs an authenticated caller that is refused, and the permitted callers. ASP.NET Core does not log the caller, and logs the requirement only at
    /// the level Information.
    /// </summary>
    private void Log(HttpContext context, ClaimsPrincipal user)
    {
        // A test of the application may evaluate a policy without a service container.
        if (context.RequestServices?.GetService<ILogger<RewtHandler>>() is not { } logger) return;
        if ((user.Identities.FirstOrDefault(IsOfRewt) ?? user.Identities.FirstOrDefault(identity => identity.IsAuthenticated)) is not { } identity) return;

        var callers = string.Join(", ", _callers);
        if (!logger.IsEnabled(LogLevel.Information) || context.RequestServices.GetService<RewtSchemes>() is not { } schemes) return;
        context.Features.Set(RefusedCallerFeature.Instance);
        if (!schemes.RefusedCallers.IsDue(callers, out var others)) return;
        logger.CallerRefused(
            RefusedCallerLog.Shown(identity.FindFirst("iss")?.Value),
            RefusedCallerLog.Shown(identity.AuthenticationType),
            $"RequireCaller permits only {callers}, authenticated by the scheme Rewt or RewtApiKey. If the caller may call the endpoint, add the caller to RequireCaller.",
            others);
    }
}
