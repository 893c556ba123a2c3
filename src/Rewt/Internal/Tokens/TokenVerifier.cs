using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Verifies one kind of token: is it ours, which key, does the signature hold, then the claims. Reads strictly what the library below
/// reads laxly.
/// </summary>
internal sealed class TokenVerifier(TokenPolicy policy, IIssuerSigningKeyResolver resolver, TimeProvider time)
{
    private static readonly JsonWebTokenHandler Plain = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = TokenLimits.TokenLength };
    private static readonly JsonWebTokenHandler Mapping = new() { MapInboundClaims = true, MaximumTokenSizeInBytes = TokenLimits.TokenLength };

    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public async ValueTask<TokenVerdict> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        if (TokenHeader.TryRead(token) is not { } header) return TokenVerdict.Foreign;

        var isNode = policy.Options.AcceptNodeTokens && header.IsNode;
        if (!isNode && header.Type != policy.Type) return TokenVerdict.Foreign;
        if (header.HasExtensions || TokenClaims.TryRead(token) is not { } claims) return TokenVerdict.Refused(RewtRefusal.Invalid);
        if (!isNode && string.IsNullOrEmpty(header.KeyId)) return TokenVerdict.Refused(RewtRefusal.Invalid);

        if (!isNode && IsOfAnotherRing(claims, header.KeyId!)) return TokenVerdict.Foreign;
        if (policy.RingOf(claims) is not { } ring) return TokenVerdict.Refused(RewtRefusal.Invalid);

        var result = isNode
            ? await VerifyKeylessAsync(token, header, ring, claims.Issuer, cancellationToken).ConfigureAwait(false)
            : await VerifyWithKeyAsync(token, header, ring, claims.Issuer, cancellationToken).ConfigureAwait(false);
        if (result.Refusal == RewtRefusal.None) result = result with { Refusal = CheckClaims(claims, isNode) };
        return result.IsValid ? result with { Header = header, Claims = claims } : result with { Identity = null, Token = null };
    }

    private bool IsOfAnotherRing(TokenClaims claims, string keyId) =>
        resolver is RingKeyResolver rings && rings.IsOfAnotherRing(policy.Options.Namespace, claims.Tenant, keyId);

    private async ValueTask<TokenVerdict> VerifyWithKeyAsync(string token, TokenHeader header, string ring, string? issuer, CancellationToken cancellationToken)
    {
        var keys = await ResolveAsync(ring, issuer, header.KeyId, cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0) return TokenVerdict.Refused(RewtRefusal.StaleKey);

        var verdict = await TryAllAsync(token, header, keys).ConfigureAwait(false);
        if (!verdict.IsValid) return verdict;

        // Asked again after the work: the process may have been stopped in between while the key was revoked.
        keys = await ResolveAsync(ring, issuer, header.KeyId, cancellationToken).ConfigureAwait(false);
        return keys.Count == 0 ? TokenVerdict.Refused(RewtRefusal.StaleKey) : verdict;
    }

    private async ValueTask<TokenVerdict> VerifyKeylessAsync(string token, TokenHeader header, string ring, string? issuer, CancellationToken cancellationToken)
    {
        var keys = await ResolveAsync(ring, issuer, null, cancellationToken).ConfigureAwait(false);
        var verdict = await TryAllAsync(token, header, keys).ConfigureAwait(false);
        if (!verdict.IsValid && resolver is RingKeyResolver rings)
        {
            keys = await rings.ResolveFreshAsync(ring, cancellationToken).ConfigureAwait(false);
            verdict = await TryAllAsync(token, header, keys).ConfigureAwait(false);
        }

        if (!verdict.IsValid) return verdict;

        // Asked again after the work, as for a token that names its key.
        keys = await ResolveAsync(ring, issuer, null, cancellationToken).ConfigureAwait(false);
        return keys.Contains(verdict.Key!) ? verdict : TokenVerdict.Refused(RewtRefusal.StaleKey);
    }

    /// <summary>A resolver of the application's own may throw anything; that is an outage and says nothing of the token.</summary>
    private async ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(string ring, string? issuer, string? keyId, CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.ResolveForIssuerAsync(ring, issuer, keyId, cancellationToken).ConfigureAwait(false) ?? [];
        }
        catch (Exception exception) when (exception is not RewtKeysUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            throw new RewtKeysUnavailableException(
                $"The keys of '{ring}' cannot be had: the key resolver failed, see the inner exception.", TimeSpan.FromSeconds(1), exception);
        }
    }

    private async ValueTask<TokenVerdict> TryAllAsync(string token, TokenHeader header, IReadOnlyList<SecurityKey> keys)
    {
        foreach (var key in keys)
        {
            if (!KeyAlgorithms.Of(key).Contains(header.Algorithm, StringComparer.Ordinal)) continue;
            if (key is SymmetricSecurityKey symmetric && !HmacSignature.Holds(token, symmetric)) continue;

            var reader = policy.MapInboundClaims ? Mapping : Plain;
            var result = await reader.ValidateTokenAsync(token, policy.For(key)).ConfigureAwait(false);
            if (result.IsValid) return new TokenVerdict(RewtRefusal.None) { Token = result.SecurityToken, Identity = result.ClaimsIdentity, Key = key };
        }

        return TokenVerdict.Refused(RewtRefusal.Invalid);
    }

    private RewtRefusal CheckClaims(TokenClaims claims, bool isNode)
    {
        var options = policy.Options;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000d;
        var skew = options.ClockSkew.TotalSeconds;
        var maximum = options.MaxTokenLifetime.TotalSeconds;

        if (claims.IssuedAt is not { } issuedAt) return RewtRefusal.Invalid;
        if (isNode && claims.ExpiresAt is null && now >= issuedAt + maximum) return RewtRefusal.Expired;
        if (claims.ExpiresAt is null && !isNode) return RewtRefusal.Invalid;
        if (claims.ExpiresAt is { } expiresAt)
        {
            if (expiresAt <= issuedAt || expiresAt - issuedAt > maximum) return RewtRefusal.Invalid;
            if (now >= expiresAt + skew) return RewtRefusal.Expired;
        }

        if (issuedAt > now + skew || claims.NotBefore > now + skew) return RewtRefusal.NotYetValid;
        if (!HasGoodNames(claims, isNode)) return RewtRefusal.Invalid;
        if (policy.Audiences is null || (isNode && claims.Audiences is null)) return RewtRefusal.None;
        if (claims.Audiences is null) return RewtRefusal.Invalid;
        return claims.Audiences.Any(policy.Audiences.Contains) ? RewtRefusal.None : RewtRefusal.BadAudience;
    }

    private static bool HasGoodNames(TokenClaims claims, bool isNode)
    {
        if (claims.Issuer is null ? !isNode : !Names.IsName(claims.Issuer)) return false;
        if (claims.TokenId is null ? !isNode : !Names.IsIdentifier(claims.TokenId)) return false;
        return claims.Subject is null || Names.IsIdentifier(claims.Subject);
    }
}
