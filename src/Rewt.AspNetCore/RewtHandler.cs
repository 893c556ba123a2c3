using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The authentication handler for requests of other services. The handler verifies the bearer token of a request with a key from
/// <see cref="IIssuerSigningKeyResolver"/>. The handler has the options and events of JwtBearer. If the keys are unavailable, the handler answers
/// with status 503 and <c>Retry-After</c>, never with 401.
/// </summary>
public class RewtHandler : JwtBearerHandler
{
    private RewtSchemes? _schemes;
    private SchemeVerifier? _verifier;
    private TokenRefusal? _refusal;
    private RewtKeysUnavailableException? _outage;
    private bool _isCounted;

    /// <summary>Initializes a new instance of the handler. The service container calls the constructor.</summary>
    /// <param name="options">The JwtBearer options of each scheme.</param>
    /// <param name="logger">The logger factory.</param>
    /// <param name="encoder">The URL encoder, which the base class requires.</param>
    public RewtHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : base(options, HandlerLoggerFactory.Of(logger), encoder)
    {
    }

    private RewtSchemes Schemes => _schemes ??= Context.RequestServices.GetRequiredService<RewtSchemes>();

    private SchemeVerifier Verifier => _verifier ??= Schemes.Verifier(Scheme.Name, Options);

    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        try
        {
            var (given, decided) = EventHooks.HasMessageReceived(Events) ? await ReceiveAsync() : default;
            if (decided is not null) return Decided(decided);

            var credentials = Request.Headers.Authorization;
            if (given is null && credentials.Count > 1) return await RefuseAsync(new TokenRefusal(RefusalReason.SeveralCredentials));

            var token = given is null ? BearerHeader.Read(credentials.ToString()) : given.AsMemory();
            if (token.IsEmpty) return AuthenticateResult.NoResult();

            var verified = await Verifier.VerifyAsync(token, Context);
            return verified.Outage is { } outage ? await FailAsync(outage) : await DecideAsync(token, verified);
        }
        catch (RewtKeysUnavailableException exception)
        {
            return await FailAsync(exception);
        }
        catch (Exception exception) when (!Context.RequestAborted.IsCancellationRequested)
        {
            // The application's own code threw. As in JwtBearer, the AuthenticationFailed event gets the exception and may set the result.
            if (await RaiseFailedAsync(exception) is { } decided) return Decided(decided);
            throw;
        }
    }

    /// <summary>Raises the event <c>MessageReceived</c>, in which the application can set the token or the result of the authentication.</summary>
    private async ValueTask<(string? Token, AuthenticateResult? Result)> ReceiveAsync()
    {
        var received = new MessageReceivedContext(Context, Scheme, Options);
        await Events.MessageReceived(received);
        return (string.IsNullOrEmpty(received.Token) ? null : received.Token, received.Result);
    }

    private ValueTask<AuthenticateResult> DecideAsync(ReadOnlyMemory<char> token, VerifiedRequest verified)
    {
        var verdict = verified.Outcome;
        // Checked for each request, because a cached token may belong to another tenant than this request.
        if (verdict.IsValid && Schemes.OtherTenant(Scheme.Name, Context, verdict.Claims!) is { } other) verdict = new TokenResult(Named(other, verdict));
        Verifier.Metrics.Count(verdict);
        _isCounted = true;
        if (verdict.IsForeign)
        {
            _refusal = ApiKeyFormat.IsLikely(token.Span) ? verdict.Cause! with { Received = "ApiKey" } : verdict.Cause;
            return new(AuthenticateResult.NoResult());
        }

        if (!verdict.IsValid) return FailAsync(verdict.Cause!);

        Logger.TokenAccepted(Scheme.Name);
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(verified.Identity!), verified.Properties, Scheme.Name);
        return EventHooks.HasTokenValidated(Events) ? ValidateAsync(token, verdict, ticket) : new(Accepted(AuthenticateResult.Success(ticket), verdict));
    }

    /// <summary>Returns a refusal with the issuer and the key id of the token that the verifier accepted.</summary>
    private static TokenRefusal Named(TokenRefusal refusal, TokenResult? verified) => refusal with { Issuer = verified?.Claims?.Issuer, KeyId = verified?.Header?.KeyId };

    /// <summary>Counts and logs the refusal, if an event of the application refuses the token or the request.</summary>
    private AuthenticateResult Decided(AuthenticateResult result, TokenResult? verified = null)
    {
        if (result.Failure is not { } failure || _refusal is not null) return result;

        var refusal = Named(new TokenRefusal(RefusalReason.RefusedByApplication, failure.Message), verified);
        Verifier.Metrics.Refused(refusal);
        Refuse(refusal);
        return result;
    }

    /// <summary>
    /// Raises the event <c>TokenValidated</c>, in which the application can replace the user or set the result of the authentication.
    /// </summary>
    private async ValueTask<AuthenticateResult> ValidateAsync(ReadOnlyMemory<char> token, TokenResult verdict, AuthenticationTicket ticket)
    {
        var validated = new TokenValidatedContext(Context, Scheme, Options) { Principal = ticket.Principal, SecurityToken = verdict.Token!, Properties = ticket.Properties };
        await Events.TokenValidated(validated);
        if (validated.Result is not null) return Accepted(Decided(validated.Result, verdict), verdict);
        if (Options.SaveToken) TicketProperties.Save(validated.Properties, token.ToString());
        return Accepted(AuthenticateResult.Success(new AuthenticationTicket(validated.Principal!, validated.Properties, Scheme.Name)), verdict);
    }

    /// <summary>
    /// Stores the binding of the token in a request feature (<see cref="TokenBindingFeature"/>), which <see cref="TokenRequirement"/> reads. The
    /// binding is not stored if an event of the application rejected the token.
    /// </summary>
    private AuthenticateResult Accepted(AuthenticateResult result, TokenResult verdict)
    {
        if (verdict.Claims!.Binding is { } binding && result.Succeeded) Context.Features.Set(new TokenBindingFeature(binding, result.Principal.Identity?.AuthenticationType));
        return result;
    }

    /// <inheritdoc />
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        if (_outage is not null)
        {
            OutageAnswer.Write(Response, _outage.RetryAfter);
            return;
        }

        if (_refusal?.Reason == RefusalReason.BodyTooLong)
        {
            LastingStatus.Set(Response, StatusCodes.Status413PayloadTooLarge);
            return;
        }

        await ChallengeAsync(properties, result);
        if (result.Failure is not null) KeepUnauthorized();
    }

    /// <summary>
    /// Answers with status 401 instead of 403 if the endpoint requires a bound token or a one-time token, and the caller sent a valid token of another
    /// kind. The caller can then repeat the request with a token of the required kind. A caller that another scheme authenticated has no token of
    /// Rewt, and gets 403.
    /// </summary>
    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var accepted = await HandleAuthenticateOnceSafeAsync();
        if (!accepted.Succeeded || Context.Features.Get<UnmetRequirement>() is not { } unmet)
        {
            if (accepted.Succeeded) await RefusedCallerLog.ForbiddenAsync(Context, Logger, Scheme.Name, accepted.Principal, Schemes.RefusedCallers);
            await base.HandleForbiddenAsync(properties);
            return;
        }

        var refusal = new TokenRefusal(unmet.Reason) { Issuer = accepted.Principal.FindFirst("iss")?.Value };
        Verifier.Metrics.Refused(refusal);
        Refuse(refusal);
        await ChallengeAsync(properties, AuthenticateResult.Fail(RefusalText.Exception(refusal)));
        KeepUnauthorized();
    }

    /// <summary>
    /// Makes the response keep the status 401, because another scheme in the same policy can replace the status by 403 or a redirect after the challenge.
    /// </summary>
    private void KeepUnauthorized()
    {
        if (Response.StatusCode == StatusCodes.Status401Unauthorized && !Response.HasStarted) Response.OnStarting(RestoreUnauthorized);
    }

    private Task RestoreUnauthorized()
    {
        // A 403 or a redirect may come from another scheme. Any other status is an answer of the application, for example to an exception.
        if (Response.StatusCode is not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or (>= 300 and < 400))) return Task.CompletedTask;

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Remove(HeaderNames.Location);
        return Task.CompletedTask;
    }

    private async Task ChallengeAsync(AuthenticationProperties properties, AuthenticateResult result)
    {
        var challenge = new JwtBearerChallengeContext(Context, Scheme, Options, properties) { AuthenticateFailure = result.Failure };
        // A challenge without an error means that the request had no token (RFC 6750 §3.1). The application's events may have rejected a valid token,
        // and may have cleared a failure.
        var refusal = result.Failure is null ? RewtRefusal.None : _refusal?.Public ?? RewtRefusal.Invalid;
        if (refusal != RewtRefusal.None && Options.IncludeErrorDetails) (challenge.Error, challenge.ErrorDescription) = ("invalid_token", RefusalText.Description(refusal));

        await Events.Challenge(challenge);
        if (challenge.Handled) return;

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, ChallengeText(challenge, refusal));
        // Without a failure, the request had no token for this scheme, unless the application's events decided.
        if (result.None) Log(_refusal = (_refusal ?? BearerHeader.Missing(Request.Headers.Authorization.ToString())) with { Section = Verifier.Section });
        var isUnused = result.Succeeded && RefusedCallerLog.TryLogUnauthenticated(Context, Logger, Scheme.Name, Schemes.RefusedCallers);
        if (!Verifier.ExplainsRefusals) return;
        if (isUnused) RefusalProblem.Write(Response, RefusedCallerLog.Unauthenticated, "not_authenticated");
        else if (_refusal is not null) RefusalProblem.Write(Response, _refusal.ToString(), _refusal.Code);
    }

    private string ChallengeText(JwtBearerChallengeContext challenge, RewtRefusal refusal)
    {
        var reason = refusal == RewtRefusal.None || !Options.IncludeErrorDetails ? null : RingMetrics.ResultOf(refusal);
        (string Name, string? Value)[] parameters =
        [
            ("error", challenge.Error), ("error_description", challenge.ErrorDescription), ("error_uri", challenge.ErrorUri), ("rewt_error", reason),
        ];
        var text = string.Join(", ", parameters.Where(parameter => !string.IsNullOrEmpty(parameter.Value)).Select(parameter => $"{parameter.Name}=\"{Quoted(parameter.Value!)}\""));
        if (text.Length == 0) return Options.Challenge;
        // A comma separates parameters that the application added to the challenge (RFC 9110 §11.2).
        return $"{Options.Challenge}{(Options.Challenge.Contains(' ', StringComparison.Ordinal) ? "," : "")} {text}";
    }

    /// <summary>
    /// Replaces all characters that RFC 6750 §3 does not permit in a parameter of <c>WWW-Authenticate</c> by question marks. Only printable ASCII
    /// characters without quotes and backslashes are permitted, but an event handler of the application can set a parameter to any text.
    /// </summary>
    private static string Quoted(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' and not '"' and not '\\' ? c : '?'));

    /// <summary>
    /// Refuses a token for a reason that the verifier does not check, and counts the refusal. Refusals by the verifier are counted by <see cref="DecideAsync"/>.
    /// </summary>
    private ValueTask<AuthenticateResult> RefuseAsync(TokenRefusal refusal)
    {
        Verifier.Metrics.Refused(refusal);
        return FailAsync(refusal);
    }

    private ValueTask<AuthenticateResult> FailAsync(TokenRefusal refusal)
    {
        Refuse(refusal);
        return FailAsync(RefusalText.Exception(refusal));
    }

    private void Refuse(TokenRefusal refusal)
    {
        _refusal = refusal;
        Log(refusal);
        if (Context.Features.Get<IHttpActivityFeature>()?.Activity is not { } activity) return;

        activity.SetTag("rewt.reason", refusal.Code);
        if (activity.IsAllDataRequested) activity.SetTag("rewt.detail", $"{refusal}{refusal.Names()}");
    }

    private void Log(TokenRefusal refusal)
    {
        if (!Logger.IsEnabled(LogLevel.Information) || !Schemes.Refusals.IsDue((refusal.Reason, refusal.NamedIssuer), out var others)) return;
        if (refusal.Reason is RefusalReason.NoToken or RefusalReason.OtherType or RefusalReason.OtherNamespace) Logger.NoRewtToken(Scheme.Name, refusal.Reason, $"{refusal}{others}");
        else Logger.TokenRefused(Scheme.Name, RingMetrics.ResultOf(refusal.Public), refusal.Reason, $"{refusal}{refusal.Names()}{others}");
    }

    private ValueTask<AuthenticateResult> FailAsync(RewtKeysUnavailableException outage)
    {
        _outage = outage;
        // An event of the application may throw the exception after the token was counted.
        if (!_isCounted) Verifier.Metrics.Unavailable();
        if (Schemes.Refusals.IsDue((RefusalReason.None, null), out var others)) Logger.KeysUnavailable(Scheme.Name, $"{outage.Message}{others}", StoreFailure.Unexplained(outage));
        return FailAsync((Exception)outage);
    }

    private async ValueTask<AuthenticateResult> FailAsync(Exception exception) => await RaiseFailedAsync(exception) ?? AuthenticateResult.Fail(exception);

    /// <summary>
    /// Raises the event <c>AuthenticationFailed</c>, and returns the result that the application sets; <see langword="null"/> if the application sets
    /// none.
    /// </summary>
    private async ValueTask<AuthenticateResult?> RaiseFailedAsync(Exception exception)
    {
        if (!EventHooks.HasAuthenticationFailed(Events)) return null;
        var failed = new AuthenticationFailedContext(Context, Scheme, Options) { Exception = exception };
        await Events.AuthenticationFailed(failed);
        return failed.Result;
    }
}
