using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Verifies the tokens that one authentication scheme receives, under one options object. Valid tokens are cached, so that the signature of a
/// repeated token is not checked again.
/// </summary>
internal sealed class SchemeVerifier(TokenVerifier verifier, bool mayRemember, bool savesToken, RequestBindingCheck request, RingMetrics metrics, TimeProvider time)
{
    private readonly VerifiedTokens _known = new();

    public RingMetrics Metrics => metrics;

    /// <summary>Whether the response to a refused request contains the precise reason.</summary>
    public bool ExplainsRefusals => verifier.ExplainsRefusals;

    /// <summary>The configuration section of the scheme, for the text of a refusal.</summary>
    public string Section => verifier.Section;

    /// <summary>Verifies the token of a request. The result is not counted in the metrics.</summary>
    /// <param name="token">The token of the request.</param>
    /// <param name="context">The request. The property <see cref="HttpContext.RequestAborted"/> is read only if the verification must wait.</param>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    public ValueTask<VerifiedRequest> VerifyAsync(ReadOnlyMemory<char> token, HttpContext context)
    {
        if (!mayRemember || _known.Find(token.Span) is not { } known) return VerifyNewAsync(token.ToString(), context);

        var now = ClockReading.Now(time);
        return verifier.KeysInMemory(known.Claims, known.KeyId, now) is { } keys && Holds(known, keys, now.WallClock)
            ? new(known.ForRequest())
            : VerifyAgainAsync(known, context);
    }

    private async ValueTask<VerifiedRequest> VerifyAgainAsync(VerifiedToken known, HttpContext context)
    {
        if (Holds(known, await verifier.ResolveAgainAsync(known.Key, known.Claims, known.KeyId, context.RequestAborted), time.GetUtcNow())) return known.ForRequest();
        _known.Remove(known);
        return await VerifyNewAsync(known.Text, context);
    }

    private ValueTask<VerifiedRequest> VerifyNewAsync(string text, HttpContext context)
    {
        var reading = verifier.Read(text);
        return reading.Outcome is { } settled && settled.Claims?.Binding is null ? new(Conclude(text, reading, settled)) : VerifySlowlyAsync(text, reading, context);
    }

    private async ValueTask<VerifiedRequest> VerifySlowlyAsync(string text, ParsedToken reading, HttpContext context) =>
        verifier.ExceededLimit(reading) is { } limit
            ? VerifiedRequest.Unavailable(await limit.RefuseAsync(CancellationToken.None))
            : Conclude(text, reading, await VerifyAndUseAsync(text, reading, context));

    private VerifiedRequest Conclude(string text, in ParsedToken reading, TokenResult verdict)
    {
        if (verdict.Cause is { } cause) return new VerifiedRequest(reading.Header is null ? verdict : verdict with { Cause = verifier.Named(cause, reading) });

        if (mayRemember && CanBeKept(verdict) && _known.HasSeen(text)) _known.Add(new VerifiedToken(text, verdict, savesToken));
        return new VerifiedRequest(verdict, verdict.Identity, TicketProperties.Create(verdict.Claims!, savesToken ? text : null));
    }

    /// <summary>Verifies a token, and compares a bound token with the request.</summary>
    private async ValueTask<TokenResult> VerifyAndUseAsync(string text, ParsedToken reading, HttpContext context)
    {
        var verdict = reading.Outcome ?? await verifier.VerifyAsync(reading, context.RequestAborted);
        if (verdict is not { IsValid: true, Claims: { Binding: { } binding } claims }) return verdict;

        if (await request.CheckAsync(context, claims) is { } other) return new TokenResult(other);
        // A body may arrive slowly. Meanwhile, the token may have expired, or its key or tenant may have been revoked.
        if (binding.Body is not null && await verifier.ConfirmAsync(verdict, reading, context.RequestAborted) is { IsValid: false } ended) return ended;
        if (await request.UseAsync(context, text, claims) is { } used) return new TokenResult(used);
        // The token may also expire, or its key or tenant may be revoked, while Redis records the use.
        return binding.IsOneTime ? await verifier.ConfirmAsync(verdict, reading, context.RequestAborted) : verdict;
    }

    /// <summary>
    /// Returns whether the result of a verification can be cached. A bound token is not cached, because it is valid for one request only. A token
    /// without a key id is not cached, because its key could not be looked up again. An identity whose type is a class of the application is not
    /// cached, because a copy of the identity could lose content.
    /// </summary>
    private static bool CanBeKept(TokenResult verdict) =>
        verdict is { IsValid: true, Key: not null, Token: not null, Header.KeyId: not null, Claims.Binding: null, Identity: { Actor: null, BootstrapContext: null } identity }
        && (identity.GetType() == typeof(ClaimsIdentity) || identity.GetType() == typeof(CaseSensitiveClaimsIdentity));

    /// <summary>Returns whether a cached token is still valid: it has not expired, and its key may still verify tokens.</summary>
    private bool Holds(VerifiedToken token, IReadOnlyList<SecurityKey> keys, DateTimeOffset now)
    {
        if (!token.IsSignedWithOneOf(keys) || !verifier.IsInTime(token.Claims, now)) return false;

        metrics.CacheHit();
        return true;
    }
}
