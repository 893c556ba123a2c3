using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Checks a verified token that is bound to a request: that its method, path, query and body are those of the received request. Also records the use
/// of a one-time token, which is then refused everywhere.
/// </summary>
internal sealed class RequestBindingCheck(RewtOptions options, OneTimeTokens oneTime, Func<HttpContext, TokenClaims, bool> isOfTenant)
{
    /// <summary>Returns why the token is refused with this request, or <see langword="null"/>.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store of used tokens did not answer.</exception>
    public async ValueTask<TokenRefusal?> CheckAsync(HttpContext context, TokenClaims claims)
    {
        var (method, target, body, message, isOneTime) = claims.Binding!;
        if (message is not null) return new(RefusalReason.OtherRequest);
        if (method is not null && method != context.Request.Method) return new(RefusalReason.OtherRequest);
        if (target is not null && !(RequestParts.Target(context, options) is { } received && target == TokenBinding.HashOf(received))) return new(RefusalReason.OtherRequest);
        if (body is not null && await RequestParts.HashBodyAsync(context, options.Binding.MaxBodyBytes) is var hash && hash != body)
        {
            return hash is null ? new(RefusalReason.BodyTooLong, null, (double)options.Binding.MaxBodyBytes) : new(RefusalReason.OtherBody);
        }

        // Before the token is used up: a token of another tenant than the request must stay usable.
        if (!isOfTenant(context, claims)) return new(RefusalReason.OtherTenant, claims.Tenant);
        return isOneTime ? await oneTime.UseAsync(claims, context.RequestAborted) : null;
    }
}
