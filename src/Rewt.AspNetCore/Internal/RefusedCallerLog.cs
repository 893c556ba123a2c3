using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Logs that a request is refused although its credentials are valid: the caller lacks a permission (403), or the request was not authenticated with
/// the scheme (401).
/// </summary>
internal static class RefusedCallerLog
{
    private const int LongestShown = 64;

    /// <summary>The cause and the solution if a request with valid credentials is challenged.</summary>
    public const string Unauthenticated =
        "The request was authorized before it was authenticated with this scheme. Call UseAuthentication before UseAuthorization, and name the scheme in the policy of the endpoint if it is not the default scheme.";

    /// <summary>Logs a caller that is answered with status 403, unless <c>RequireCaller</c> or another scheme has already logged the refusal.</summary>
    public static async Task ForbiddenAsync(HttpContext context, ILogger logger, string scheme, ClaimsPrincipal caller, RefusalThrottle<string> limit)
    {
        if (!logger.IsEnabled(LogLevel.Information) || context.Features.Get<RefusedCallerFeature>() is not null) return;

        context.Features.Set(RefusedCallerFeature.Instance);
        var endpoint = context.GetEndpoint()?.DisplayName;
        if (!limit.IsDue(endpoint ?? string.Empty, out var others)) return;

        var unmet = await UnmetAsync(context);
        var scopes = caller.FindAll("scope").Take(5).Select(scope => Shown(scope.Value)).ToList();
        logger.CallerRefused(
            Shown(caller.FindFirst("iss")?.Value),
            Shown(scheme),
            $"The endpoint {Shown(endpoint)} answered with 403. The scopes of the caller are: {(scopes.Count > 0 ? string.Join(", ", scopes) : Shown(null))}. "
            + (unmet.Count > 0 ? $"The caller does not meet: {UntrustedText.Escape(string.Join("; ", unmet))}." : "A requirement of another type, or code of the application, refused the caller."),
            others);
    }

    /// <summary>
    /// Logs a request with valid credentials that is challenged because it was not authenticated. Returns <see langword="false"/> if the request is
    /// authenticated, because an application can challenge such a request on purpose.
    /// </summary>
    public static bool TryLogUnauthenticated(HttpContext context, ILogger logger, string scheme, RefusalThrottle<string> limit)
    {
        if (context.User.Identities.Any(identity => identity.IsAuthenticated)) return false;

        if (limit.IsDue(scheme, out var others)) logger.NotAuthenticated(scheme, Unauthenticated, others);
        return true;
    }

    /// <summary>
    /// Returns the requirements of the endpoint that the caller does not meet. Only requirements of claims and roles are evaluated, because the
    /// evaluation of others can run code of the application.
    /// </summary>
    private static async Task<List<string>> UnmetAsync(HttpContext context)
    {
        var unmet = new List<string>();
        if (context.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<IAllowAnonymous>() is not null) return unmet;

        foreach (var requirement in (await PolicyAsync(context, metadata))?.Requirements ?? [])
        {
            if (requirement.GetType() != typeof(ClaimsAuthorizationRequirement) && requirement.GetType() != typeof(RolesAuthorizationRequirement)) continue;
            var evaluation = new AuthorizationHandlerContext([requirement], context.User, null);
            await ((IAuthorizationHandler)requirement).HandleAsync(evaluation);
            if (!evaluation.HasSucceeded) unmet.Add($"{requirement}");
        }

        return unmet;
    }

    /// <summary>
    /// Returns the policy of the endpoint; <see langword="null"/> if the policy provider of the application throws, because an exception must not change
    /// the response.
    /// </summary>
    private static async Task<AuthorizationPolicy?> PolicyAsync(HttpContext context, EndpointMetadataCollection metadata)
    {
        try
        {
            return context.RequestServices.GetService<IAuthorizationPolicyProvider>() is { } policies
                ? await AuthorizationPolicy.CombineAsync(policies, metadata.GetOrderedMetadata<IAuthorizeData>(), metadata.GetOrderedMetadata<AuthorizationPolicy>())
                : null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Returns a name of a caller, scheme, scope or endpoint for the log. The name is quoted, escaped and shortened.</summary>
    public static string Shown(string? text) => text is null ? "(none)" : UntrustedText.Quote(text, LongestShown);
}
