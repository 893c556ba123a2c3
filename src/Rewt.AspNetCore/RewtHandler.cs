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
        if (EventHooks.HearSuccess(Events)) return ReceiveAsync();

        var credentials = Request.Headers.Authorization;
        if (credentials.Count > 1) return FailAsync(RewtRefusal.Invalid);

        var text = BearerHeader.Read(credentials.ToString());
        if (text.IsEmpty) return Nothing;

        // The usual request: a token met before, whose key is at hand.
        var verifier = Verifier();
        var known = verifier.Find(text);
        return known is not null && verifier.HoldsAtOnce(known) && IsOfTenant(known.Claims)
            ? Task.FromResult(Accept(known.NewPrincipal(), known.NewProperties(Options.SaveToken)))
            : AuthenticateAsync(verifier, text.ToString(), known);
    }

    /// <summary>Asked of each request: a token that was accepted before may be of another tenant than this one.</summary>
    private bool IsOfTenant(TokenClaims claims) => Context.RequestServices.GetRequiredService<RewtSchemes>().IsOfTenant(Scheme.Name, Context, claims);

    private SchemeVerifier Verifier() => Context.RequestServices.GetRequiredService<RewtSchemes>().Verifier(Scheme.Name, Options);

    private async Task<AuthenticateResult> ReceiveAsync()
    {
        var received = new MessageReceivedContext(Context, Scheme, Options);
        await Events.MessageReceived(received);
        if (received.Result is not null) return received.Result;

        var credentials = Request.Headers.Authorization;
        if (received.Token is null && credentials.Count > 1) return await FailAsync(RewtRefusal.Invalid);

        var token = received.Token ?? BearerHeader.Read(credentials.ToString()).ToString();
        if (token.Length == 0) return AuthenticateResult.NoResult();

        var verifier = Verifier();
        return await AuthenticateAsync(verifier, token, verifier.Find(token));
    }

    private async Task<AuthenticateResult> AuthenticateAsync(SchemeVerifier verifier, string token, VerifiedToken? known)
    {
        try
        {
            if (known is not null && await verifier.HoldsAsync(known, Context.RequestAborted))
            {
                if (!IsOfTenant(known.Claims)) return await FailAsync(RewtRefusal.Invalid);
                return await SucceedAsync(token, known.NewPrincipal(), known.Token, known.NewProperties(withToken: false));
            }

            var verdict = await verifier.VerifyAsync(token, Context.RequestAborted);
            if (verdict.IsForeign) return AuthenticateResult.NoResult();
            if (!verdict.IsValid) return await FailAsync(verdict.Refusal);
            if (!IsOfTenant(verdict.Claims!)) return await FailAsync(RewtRefusal.Invalid);
            return await SucceedAsync(token, new ClaimsPrincipal(verdict.Identity!), verdict.Token!, TicketProperties.Of(verdict.Claims!));
        }
        catch (RewtKeysUnavailableException exception)
        {
            _outage = exception;
            Logger.KeysUnavailable(Scheme.Name, exception);
            return await FailAsync(exception);
        }
        catch (Exception exception) when (!Context.RequestAborted.IsCancellationRequested)
        {
            // An event handler of the application threw: its own AuthenticationFailed hears of it, as with JwtBearer, and may decide.
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

    private async Task<AuthenticateResult> SucceedAsync(string token, ClaimsPrincipal principal, SecurityToken securityToken, AuthenticationProperties properties)
    {
        if (!EventHooks.HearSuccess(Events))
        {
            if (Options.SaveToken) TicketProperties.Save(properties, token);
            return Accept(principal, properties);
        }

        Logger.TokenAccepted(Scheme.Name);
        var validated = new TokenValidatedContext(Context, Scheme, Options) { Principal = principal, SecurityToken = securityToken, Properties = properties };

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
