using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Net.Http.Headers;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The receiving side: JwtBearer whose keys come from <see cref="IIssuerSigningKeyResolver"/>. Options and events are JwtBearer's own;
/// a key that cannot be had is a 503 with <c>Retry-After</c> and never a 401.
/// </summary>
public class RewtHandler : JwtBearerHandler
{
    private static readonly Task<AuthenticateResult> Nothing = Task.FromResult(AuthenticateResult.NoResult());

    private RewtSchemes? _schemes;
    private RewtRefusal _refusal;
    private RewtKeysUnavailableException? _outage;

    /// <summary>Creates the handler; the container does.</summary>
    /// <param name="options">JwtBearer's options by scheme.</param>
    /// <param name="logger">Makes the logger.</param>
    /// <param name="encoder">Required by the base.</param>
    public RewtHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : base(options, logger, encoder)
    {
    }

    /// <inheritdoc />
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        Task<AuthenticateResult> judging;
        try
        {
            judging = EventHooks.HearSuccess(Events) ? ReceiveAsync() : AuthenticateUnheardAsync();
        }
        catch (Exception exception)
        {
            judging = Task.FromException<AuthenticateResult>(exception);
        }

        return judging.IsCompletedSuccessfully ? judging : FinishAsync(judging);
    }

    private RewtSchemes Schemes => _schemes ??= Context.RequestServices.GetRequiredService<RewtSchemes>();

    /// <summary>Asked of each request: a token that was accepted before may be of another tenant than this one.</summary>
    private bool IsOfTenant(TokenClaims claims) => Schemes.IsOfTenant(Scheme.Name, Context, claims);

    /// <summary>With nobody listening, and without waiting where a good token's key is at hand.</summary>
    private Task<AuthenticateResult> AuthenticateUnheardAsync()
    {
        var credentials = Request.Headers.Authorization;
        if (credentials.Count > 1) return FailAsync(RewtRefusal.Invalid);

        var text = BearerHeader.Read(credentials.ToString());
        if (text.IsEmpty) return Nothing;

        var verifier = Schemes.Verifier(Scheme.Name, Options);
        if (verifier.Find(text) is { } known)
        {
            if (!verifier.HoldsAtOnce(known)) return AuthenticateAsync(verifier, text.ToString(), known, default);
            return IsOfTenant(known.Claims)
                ? Task.FromResult(Accept(known.NewPrincipal(), known.NewProperties(Options.SaveToken)))
                : FailAsync(RewtRefusal.Invalid);
        }

        var token = text.ToString();
        var reading = verifier.Read(token);
        if (reading.Verdict is not { IsValid: true } verdict) return AuthenticateAsync(verifier, token, null, reading);
        return IsOfTenant(verdict.Claims!)
            ? Task.FromResult(Accept(new ClaimsPrincipal(verdict.Identity!), TicketProperties.Of(verdict.Claims!, Options.SaveToken ? token : null)))
            : FailAsync(RewtRefusal.Invalid);
    }

    private async Task<AuthenticateResult> ReceiveAsync()
    {
        var received = new MessageReceivedContext(Context, Scheme, Options);
        await Events.MessageReceived(received);
        if (received.Result is not null) return received.Result;

        var credentials = Request.Headers.Authorization;
        if (received.Token is null && credentials.Count > 1) return await FailAsync(RewtRefusal.Invalid);

        var token = received.Token ?? BearerHeader.Read(credentials.ToString()).ToString();
        if (token.Length == 0) return AuthenticateResult.NoResult();

        var verifier = Schemes.Verifier(Scheme.Name, Options);
        var known = verifier.Find(token);
        return await AuthenticateAsync(verifier, token, known, known is null ? verifier.Read(token) : default);
    }

    /// <param name="verifier">Of this scheme.</param>
    /// <param name="token">The token.</param>
    /// <param name="known">What is known of it from before.</param>
    /// <param name="reading">What was read of it where nothing is known.</param>
    private async Task<AuthenticateResult> AuthenticateAsync(SchemeVerifier verifier, string token, VerifiedToken? known, TokenReading reading)
    {
        if (known is not null)
        {
            if (await verifier.HoldsAsync(known, Context.RequestAborted))
            {
                if (!IsOfTenant(known.Claims)) return await FailAsync(RewtRefusal.Invalid);
                return await SucceedAsync(token, known.NewPrincipal(), known.Token, known.Claims);
            }

            reading = verifier.Read(token);
        }

        var verdict = reading.Verdict ?? await verifier.VerifyAsync(reading, Context.RequestAborted);
        if (verdict.IsForeign) return AuthenticateResult.NoResult();
        if (!verdict.IsValid) return await FailAsync(verdict.Refusal);
        if (!IsOfTenant(verdict.Claims!)) return await FailAsync(RewtRefusal.Invalid);
        return await SucceedAsync(token, new ClaimsPrincipal(verdict.Identity!), verdict.Token!, verdict.Claims!);
    }

    /// <summary>Waits for what could not be said at once, and says what an exception means.</summary>
    private async Task<AuthenticateResult> FinishAsync(Task<AuthenticateResult> judging)
    {
        try
        {
            return await judging;
        }
        catch (RewtKeysUnavailableException exception)
        {
            _outage = exception;
            Logger.KeysUnavailable(Scheme.Name, exception);
            return await FailAsync(exception);
        }
        catch (Exception exception) when (!Context.RequestAborted.IsCancellationRequested)
        {
            // Code of the application threw: its own AuthenticationFailed hears of it, as with JwtBearer, and may decide.
            if (await AskAsync(exception) is { } decided) return decided;
            throw;
        }
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

        var challenge = new JwtBearerChallengeContext(Context, Scheme, Options, properties) { AuthenticateFailure = result.Failure };
        // Refused by the application's own events: a reason all the same, for a bare challenge says that there was no token.
        if (_refusal == RewtRefusal.None && result.Failure is not null) _refusal = RewtRefusal.Invalid;
        if (_refusal != RewtRefusal.None && Options.IncludeErrorDetails) (challenge.Error, challenge.ErrorDescription) = ("invalid_token", RefusalText.Description(_refusal));

        await Events.Challenge(challenge);
        if (challenge.Handled) return;

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, ChallengeText(challenge));
    }

    private string ChallengeText(JwtBearerChallengeContext challenge)
    {
        if (challenge.Error is null) return Options.Challenge;

        // RFC 9110 §11.2: parameters that the application put there are separated from ours by a comma.
        var text = $"{Options.Challenge}{(Options.Challenge.Contains(' ', StringComparison.Ordinal) ? "," : "")} error=\"{Quoted(challenge.Error)}\"";
        if (challenge.ErrorDescription is { } description) text += $", error_description=\"{Quoted(description)}\"";
        if (challenge.ErrorUri is { } uri) text += $", error_uri=\"{Quoted(uri)}\"";
        return _refusal == RewtRefusal.None || !Options.IncludeErrorDetails ? text : $"{text}, rewt_error=\"{RefusalText.Code(_refusal)}\"";
    }

    /// <summary>An event handler may set any text; RFC 6750 §3 allows printable ASCII without quotes and backslashes.</summary>
    private static string Quoted(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' and not '"' and not '\\' ? c : '?'));

    private async Task<AuthenticateResult> SucceedAsync(string token, ClaimsPrincipal principal, SecurityToken securityToken, TokenClaims claims)
    {
        if (!EventHooks.HearSuccess(Events)) return Accept(principal, TicketProperties.Of(claims, Options.SaveToken ? token : null));

        Logger.TokenAccepted(Scheme.Name);
        var validated = new TokenValidatedContext(Context, Scheme, Options) { Principal = principal, SecurityToken = securityToken, Properties = TicketProperties.Of(claims, null) };

        await Events.TokenValidated(validated);
        if (validated.Result is not null) return validated.Result;

        if (Options.SaveToken) TicketProperties.Save(validated.Properties, token);
        validated.Success();
        return validated.Result!;
    }

    private AuthenticateResult Accept(ClaimsPrincipal principal, AuthenticationProperties properties)
    {
        Logger.TokenAccepted(Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(principal, properties, Scheme.Name));
    }

    private Task<AuthenticateResult> FailAsync(RewtRefusal refusal)
    {
        _refusal = refusal;
        Logger.TokenRefused(Scheme.Name, refusal);
        return FailAsync(new TokenRefusedException(refusal));
    }

    private async Task<AuthenticateResult> FailAsync(Exception exception) => await AskAsync(exception) ?? AuthenticateResult.Fail(exception);

    /// <summary>What the application makes of a failure; <see langword="null"/> when it leaves it at that.</summary>
    private async Task<AuthenticateResult?> AskAsync(Exception exception)
    {
        var failed = new AuthenticationFailedContext(Context, Scheme, Options) { Exception = exception };
        await Events.AuthenticationFailed(failed);
        return failed.Result;
    }
}
