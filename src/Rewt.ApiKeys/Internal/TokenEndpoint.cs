using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The HTTP endpoint at which an app exchanges its API key for a short-lived token, with the OAuth 2.0 client credentials grant (RFC 6749 §4.4).
/// </summary>
internal sealed class TokenEndpoint(
    ApiKeyChecker checker,
    ApiKeyRefusalLog refusals,
    TokenRateLimits limits,
    IRewtTokens tokens,
    TimeProvider time,
    [FromKeyedServices("")] RewtOptions ring,
    ILogger<TokenEndpoint> logger)
{
    private readonly RefusalThrottle<string> _refusals = new(time);

    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        using var lease = limits.Address(context);
        if (!lease.IsAcquired)
        {
            await RefuseTooManyAsync(context, lease);
            return;
        }

        try
        {
            await ExchangeAsync(context);
        }
        catch (RewtKeysUnavailableException exception)
        {
            refusals.Unavailable(logger, exception);
            context.Response.Headers.RetryAfter = OutageAnswer.Seconds(exception.RetryAfter);
            await RefuseAsync(context, TokenError.Unavailable);
        }
    }

    private async Task ExchangeAsync(HttpContext context)
    {
        if (await TokenRequest.ReadAsync(context.Request) is not { } request)
        {
            await RefuseAsync(context, TokenError.NotAForm);
            return;
        }

        var authorization = context.Request.Headers.Authorization;
        var client = ClientCredentials.Read(authorization, request);
        if (ShapeError(request, authorization.Count, client) is { } malformed)
        {
            await RefuseAsync(context, malformed);
            return;
        }

        var verdict = client is { Id: not null, Secret: { } secret } ? await checker.CheckAsync(secret, context.RequestAborted) : new ApiKeyVerdict(ApiKeyRefusal.Malformed);
        if (verdict is not { IsAccepted: true, App: { } app, KeyId: { } keyId } || app.Id != client.Id)
        {
            refusals.Log(logger, verdict.Refusal ?? ApiKeyRefusal.OtherApp, verdict, ring.ServiceName!);
            await RefuseAsync(context, TokenError.InvalidClient);
            return;
        }

        using var lease = limits.App(app.Id);
        if (!lease.IsAcquired)
        {
            await RefuseTooManyAsync(context, lease);
            return;
        }

        if (GrantError(request, app, out var audience, out var scopes) is { } refused)
        {
            await RefuseAsync(context, refused);
            return;
        }

        string token;
        try
        {
            token = await tokens.CreateBearerAsync(audience, AppName.Claims(app.Id, scopes), context.RequestAborted);
        }
        catch (ArgumentException) when (scopes.Count > 0)
        {
            // The names of the app and of the audience are valid, so only the scopes can make the token too long.
            await RefuseAsync(context, TokenError.TooManyScopes);
            return;
        }

        checker.Used(keyId);
        logger.AppTokenIssued(app.Id, audience);
        var answer = new TokenAnswer(token, "Bearer", (long)ring.TokenLifetime.TotalSeconds, scopes.Count > 0 ? string.Join(' ', scopes) : null);
        await context.Response.WriteAsJsonAsync(answer, TokenJson.Default.TokenAnswer, cancellationToken: context.RequestAborted);
    }

    private static TokenError? ShapeError(TokenRequest request, int authorizations, ClientCredentials client)
    {
        if (request.HasDuplicates) return TokenError.Duplicate;
        if (authorizations > 1 || (authorizations == 1 && request.ClientSecret is not null)) return TokenError.TwoMethods;
        if (authorizations == 1 && request.ClientId is { } id && client.Id is { } other && id != other) return TokenError.TwoMethods;
        return request.GrantType is null ? TokenError.NoGrantType : null;
    }

    private static TokenError? GrantError(TokenRequest request, AppEntry app, out string audience, out IReadOnlyList<string> scopes)
    {
        (audience, scopes) = (string.Empty, app.Scopes);
        if (request.GrantType != "client_credentials") return TokenError.OtherGrantType;

        var named = request.Audience ?? request.Resource;
        if (request.Resource is not null && request.Resource != named) return TokenError.InvalidTarget;
        if ((named ?? (app.Audiences.Count == 1 ? app.Audiences[0] : null)) is not { } target || !app.Audiences.Contains(target, StringComparer.Ordinal)) return TokenError.InvalidTarget;
        audience = target;

        if (request.Scope is null) return null;
        scopes = [.. request.Scope.Split(' ').Distinct(StringComparer.Ordinal)];
        return scopes.All(scope => app.Scopes.Contains(scope, StringComparer.Ordinal)) ? null : TokenError.InvalidScope;
    }

    private async Task RefuseTooManyAsync(HttpContext context, RateLimitLease lease)
    {
        context.Response.Headers.RetryAfter = OutageAnswer.Seconds(lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1));
        await RefuseAsync(context, TokenError.TooMany);
    }

    private async Task RefuseAsync(HttpContext context, TokenError error)
    {
        if (_refusals.IsDue(error.Code, out var others)) logger.AppTokenRefused(error.Code, error.Description + "." + others);
        context.Response.StatusCode = error.Status;
        // A 401 must name a scheme (RFC 9110 §15.5.2), even if the credentials were in the form.
        if (error.Status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = string.Create(CultureInfo.InvariantCulture, $"Basic realm=\"{ring.ServiceName}\", charset=\"UTF-8\"");
        await context.Response.WriteAsJsonAsync(new TokenErrorAnswer(error.Code, error.Description), TokenJson.Default.TokenErrorAnswer, cancellationToken: context.RequestAborted);
    }
}
