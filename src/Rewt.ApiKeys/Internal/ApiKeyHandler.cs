using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// The authentication handler of the scheme <c>RewtApiKey</c>. The handler authenticates a trusted app by the API key in a header of the request. If
/// the request also contains a token, the token must have been issued to the same app. If the trusted apps cannot be read, the handler answers with
/// status 503 and <c>Retry-After</c>, never with 401.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<RewtApiKeyOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ApiKeyChecker checker,
    ApiKeyRefusalLog refusals,
    IAuthenticationSchemeProvider schemes,
    [FromKeyedServices("")] RewtOptions ring) : AuthenticationHandler<RewtApiKeyOptions>(options, HandlerLoggerFactory.Of(logger), encoder)
{
    private RewtKeysUnavailableException? _outage;
    private bool _isTokenAtFault;

    /// <summary>The reason and the solution for the response, if the request has no key that is accepted.</summary>
    private (string Reason, string Detail)? _refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var shown = ApiKeyHeader.Read(Request.Headers, Options.HeaderName);
        if (!shown.IsPresent) return AuthenticateResult.NoResult();
        if (shown.Key is not { } key) return Refuse(ApiKeyRefusal.SeveralKeys);

        try
        {
            var verdict = await checker.CheckAsync(key, Context.RequestAborted);
            if (!verdict.IsAccepted) return Refuse(verdict.Refusal!.Value, verdict);
            if (!verdict.App.Audiences.Contains(ring.ServiceName, StringComparer.Ordinal)) return Refuse(ApiKeyRefusal.OtherService, verdict);

            var result = await AgreeAsync(verdict, verdict.App);
            if (!result.Succeeded) return result;
            checker.Used(verdict.KeyId);
            if (Options.HeaderName is { } header && Request.Headers.ContainsKey(header)) VaryBy(header);
            Logger.ApiKeyAccepted(verdict.KeyId, verdict.App.Id);
            return result;
        }
        catch (RewtKeysUnavailableException exception)
        {
            _outage = exception;
            refusals.Unavailable(Logger, exception);
            return AuthenticateResult.Fail(exception);
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        if (_outage is not null)
        {
            OutageAnswer.Write(Response, _outage.RetryAfter);
            return;
        }

        if (_isTokenAtFault)
        {
            await ApiKeyForwarding.WithoutAsync(Context, async () =>
            {
                await Context.ChallengeAsync(RewtDefaults.AuthenticationScheme, properties);
                return true;
            });
            return;
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        var challenge = result.Failure is null ? "ApiKey" : $"ApiKey error=\"invalid_key\", error_description=\"{ApiKeyRefusedException.Text}\"";
        // A policy that names both schemes challenges twice, because the token scheme forwards its challenge to this one.
        if (!Response.Headers.WWWAuthenticate.Contains(challenge, StringComparer.Ordinal)) Response.Headers.Append(HeaderNames.WWWAuthenticate, challenge);
        // A token in the header is explained by the scheme of the token.
        if (result.None && Request.Headers.Authorization.Count == 0) _refusal = ("no_key", "The request has no API key. Send the key as 'Authorization: ApiKey <key>'.");
        else if (result.Succeeded && RefusedCallerLog.TryLogUnauthenticated(Context, Logger, Scheme.Name, refusals.Callers)) _refusal = ("not_authenticated", RefusedCallerLog.Unauthenticated);
        if (ring.ExplainRefusals && _refusal is var (reason, detail)) RefusalProblem.Write(Response, detail, reason);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (await HandleAuthenticateOnceSafeAsync() is { Succeeded: true } accepted) await RefusedCallerLog.ForbiddenAsync(Context, Logger, Scheme.Name, accepted.Principal, refusals.Callers);
        await base.HandleForbiddenAsync(properties);
    }

    /// <summary>
    /// Checks that the token of the request was issued to the app of the API key. If the token was issued to the app, the result contains the
    /// identity in the token, which can have fewer scopes than the app. If the request has no token, the result contains the identity of the app.
    /// </summary>
    private async Task<AuthenticateResult> AgreeAsync(ApiKeyVerdict verdict, AppEntry app)
    {
        if (await schemes.GetSchemeAsync(RewtDefaults.AuthenticationScheme) is not null)
        {
            var token = await ApiKeyForwarding.WithoutAsync(Context, () => Context.AuthenticateAsync(RewtDefaults.AuthenticationScheme));
            if (token.Failure is not null)
            {
                _isTokenAtFault = true;
                return AuthenticateResult.Fail(token.Failure);
            }

            if (token.Principal is { } bearer) return bearer.HasClaim("iss", AppName.Of(app.Id)) ? token : Refuse(ApiKeyRefusal.OtherCaller, verdict);
        }

        // The owner of credentials that this scheme does not verify is unknown, whatever their scheme is.
        if (Request.Headers.Authorization.Any(value => !string.IsNullOrEmpty(value) && !ApiKeyHeader.IsOfScheme(value))) return Refuse(ApiKeyRefusal.UnknownCredentials, verdict);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(Identity(app)), Scheme.Name));
    }

    /// <summary>
    /// Creates the identity of an app that sent only its API key. The identity has the same claims as a token that is issued to the app.
    /// </summary>
    private ClaimsIdentity Identity(AppEntry app)
    {
        var claims = AppName.Claims(app.Id, []).Select(claim => new Claim(claim.Key, (string)claim.Value))
            .Append(new Claim("iss", AppName.Of(app.Id)))
            .Append(new Claim("aud", ring.ServiceName!))
            .Concat(app.Scopes.Select(scope => new Claim("scope", scope)));
        return new ClaimsIdentity(claims, Scheme.Name, "iss", "role");
    }

    /// <summary>
    /// Adds the header of the API key to <c>Vary</c>. Without <c>Vary</c>, a cache assumes only for the header <c>Authorization</c> that responses
    /// differ by caller.
    /// </summary>
    private void VaryBy(string header)
    {
        if (Response.HasStarted) return;
        // At once, because the response cache reads the headers before OnStarting; and later, because the endpoint may set Vary itself.
        Add();
        Response.OnStarting(() =>
        {
            Add();
            return Task.CompletedTask;
        });

        void Add()
        {
            var named = Response.Headers.GetCommaSeparatedValues(HeaderNames.Vary);
            if (!named.Contains("*", StringComparer.Ordinal) && !named.Contains(header, StringComparer.OrdinalIgnoreCase)) Response.Headers.Append(HeaderNames.Vary, header);
        }
    }

    private AuthenticateResult Refuse(ApiKeyRefusal reason, ApiKeyVerdict verdict = default)
    {
        refusals.Log(Logger, reason, verdict, ring.ServiceName!);
        if (ring.ExplainRefusals) _refusal = (JsonNamingPolicy.SnakeCaseLower.ConvertName($"{reason}"), ApiKeyRefusalLog.Sentence(reason, verdict, ring.ServiceName!));
        return AuthenticateResult.Fail(new ApiKeyRefusedException());
    }
}
