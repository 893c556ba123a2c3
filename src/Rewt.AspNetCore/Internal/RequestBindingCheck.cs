using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Checks whether the method, path, query and body of the received request are those that a verified token is bound to. The class also records the
/// use of a one-time token, so that every instance refuses the token from then on.
/// </summary>
internal sealed class RequestBindingCheck(RewtOptions options, OneTimeTokens oneTime, Func<HttpContext, TokenClaims, TokenRefusal?> otherTenant)
{
    /// <summary>Returns the reason why the token is refused with this request; <see langword="null"/> if it matches the request.</summary>
    public async ValueTask<TokenRefusal?> CheckAsync(HttpContext context, TokenClaims claims)
    {
        var (method, target, body, message, _) = claims.Binding!;
        if (message is not null) return new(RefusalReason.OtherRequest);
        if (method is not null && method != context.Request.Method) return new(RefusalReason.OtherRequest);
        if (target is not null && !(RequestParts.Target(context, options) is { } received && target == TokenBinding.HashOf(received))) return new(RefusalReason.OtherRequest);
        if (body is not null && await RequestParts.HashBodyAsync(context, options.Binding.MaxBodyBytes) is var hash && hash != body)
        {
            return hash is null ? new(RefusalReason.BodyTooLong, null, (double)options.Binding.MaxBodyBytes) : new(RefusalReason.OtherBody);
        }

        // Before the token is used up: a token of another tenant than the request must stay usable.
        return otherTenant(context, claims);
    }

    /// <summary>
    /// Records the use of a one-time token, unless the token was already accepted with this request. Returns the reason why the token is refused;
    /// <see langword="null"/> if it is accepted or is no one-time token.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">The store of used one-time tokens is unavailable or refuses the write.</exception>
    public async ValueTask<TokenRefusal?> UseAsync(HttpContext context, string token, TokenClaims claims)
    {
        if (!claims.Binding!.IsOneTime) return null;

        var used = context.Features.Get<UsedTokensFeature>();
        if (used?.Tokens.Contains(token) == true) return null;
        if (await oneTime.UseAsync(claims, context.RequestAborted) is { } refusal) return refusal;

        if (used is null) context.Features.Set(used = new UsedTokensFeature());
        used.Tokens.Add(token);
        return null;
    }
}
