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
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        AcceptAtOnce() is { } accepted ? Task.FromResult(accepted) : AuthenticateInFullAsync();

    private SchemeVerifier Verifier => Context.RequestServices.GetRequiredService<RewtSchemes>().Verifier(Scheme.Name, Options);

    /// <summary>The usual request: a token met before, whose key is at hand, and nobody who listens. <see langword="null"/> for any other.</summary>
    private AuthenticateResult? AcceptAtOnce()
    {
        var credentials = Request.Headers.Authorization;
        if (credentials.Count != 1 || Options.SaveToken || EventHooks.HearSuccess(Events)) return null;

        var text = BearerHeader.Read(credentials[0]);
        var verifier = Verifier;
        if (text.IsEmpty || verifier.Find(text) is not { } known || !verifier.HoldsAtOnce(known)) return null;

        Logger.TokenAccepted(Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(known.NewPrincipal(), known.NewProperties(), Scheme.Name));
    }

    private async Task<AuthenticateResult> AuthenticateInFullAsync()
    {
        var received = new MessageReceivedContext(Context, Scheme, Options);
        await Events.MessageReceived(received);
        if (received.Result is not null) return received.Result;

        var credentials = Request.Headers.Authorization;
        if (received.Token is null && credentials.Count > 1) return await FailAsync(RewtRefusal.Invalid);

        var token = received.Token ?? BearerHeader.Read(credentials.ToString()).ToString();
        if (token.Length == 0) return AuthenticateResult.NoResult();

        try
        {
            var verifier = Verifier;
            if (verifier.Find(token) is { } known && await verifier.HoldsAsync(known, Context.RequestAborted))
            {
                return await SucceedAsync(token, known.NewPrincipal(), known.Token, known.NewProperties());
            }

            var verdict = await verifier.VerifyAsync(token, Context.RequestAborted);
            if (verdict.IsForeign) return AuthenticateResult.NoResult();
            if (!verdict.IsValid) return await FailAsync(verdict.Refusal);
            var properties = new AuthenticationProperties { IssuedUtc = At(verdict.Claims!.IssuedAt), ExpiresUtc = At(verdict.Claims.ExpiresAt) };
            return await SucceedAsync(token, new ClaimsPrincipal(verdict.Identity!), verdict.Token!, properties);
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
        Logger.TokenAccepted(Scheme.Name);
        var validated = new TokenValidatedContext(Context, Scheme, Options) { Principal = principal, SecurityToken = securityToken, Properties = properties };

        await Events.TokenValidated(validated);
        if (validated.Result is not null) return validated.Result;

        if (Options.SaveToken) validated.Properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);
        validated.Success();
        return validated.Result!;
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

    private static DateTimeOffset? At(long? seconds) => seconds is { } value ? DateTimeOffset.FromUnixTimeSeconds(value) : null;
}
