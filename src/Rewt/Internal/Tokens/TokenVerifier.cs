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
        var isForeign = policy.AcceptsForeign && TokenTypes.IsForeignBearer(header.Type);
        if (!isNode && !isForeign && header.Type != policy.Type) return TokenVerdict.Foreign;
        if (header.HasExtensions || TokenClaims.TryRead(token) is not { } claims) return TokenVerdict.Refused(RewtRefusal.Invalid);
        var isKeyless = isNode || (isForeign && header.KeyId is null && claims.Issuer != policy.Options.ServiceName);
        if (!isKeyless && string.IsNullOrEmpty(header.KeyId)) return TokenVerdict.Refused(RewtRefusal.Invalid);
        // Before any key is looked for: who may not call costs nothing.
        if (!policy.IsTrusted(claims.Issuer)) return TokenVerdict.Refused(RewtRefusal.Invalid);

        if (!isKeyless && IsOfAnotherRing(claims, header.KeyId!)) return TokenVerdict.Foreign;
        if (policy.RingOf(claims) is not { } ring) return TokenVerdict.Refused(RewtRefusal.Invalid);

        var result = isKeyless
            ? await VerifyKeylessAsync(token, header, ring, claims.Issuer, cancellationToken).ConfigureAwait(false)
            : await VerifyWithKeyAsync(token, header, ring, claims.Issuer, cancellationToken).ConfigureAwait(false);
        if (!result.IsValid) return result.IsForeign ? TokenVerdict.Foreign : TokenVerdict.Refused(result.Refusal);

        var refusal = CheckClaims(claims, isNode, result.Key);
        return refusal == RewtRefusal.None ? result with { Header = header, Claims = claims } : TokenVerdict.Refused(refusal);
    }

    private bool IsOfAnotherRing(TokenClaims claims, string keyId) =>
        resolver is RingKeyResolver rings && rings.IsOfAnotherRing(policy.Options.Namespace, claims.Tenant, keyId);

    private async ValueTask<TokenVerdict> VerifyWithKeyAsync(string token, TokenHeader header, string ring, string? issuer, CancellationToken cancellationToken)
    {
        var keys = await ResolveAsync(ring, issuer, header.KeyId, cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0) return TokenVerdict.Refused(RewtRefusal.StaleKey);

        var verdict = await TryAllAsync(token, header, issuer, keys).ConfigureAwait(false);
        if (!verdict.IsValid) return verdict;

        // Asked again after the work: the process may have been stopped in between while the key was revoked.
        keys = await ResolveAsync(ring, issuer, header.KeyId, cancellationToken).ConfigureAwait(false);
        return keys.Count == 0 ? TokenVerdict.Refused(RewtRefusal.StaleKey) : verdict;
    }

    private async ValueTask<TokenVerdict> VerifyKeylessAsync(string token, TokenHeader header, string ring, string? issuer, CancellationToken cancellationToken)
    {
        var keys = await ResolveAsync(ring, issuer, null, cancellationToken).ConfigureAwait(false);
        var verdict = await TryAllAsync(token, header, issuer, keys).ConfigureAwait(false);
        if (!verdict.IsValid && resolver is RingKeyResolver rings)
        {
            keys = await rings.ResolveFreshAsync(ring, cancellationToken).ConfigureAwait(false);
            verdict = await TryAllAsync(token, header, issuer, keys).ConfigureAwait(false);
            if (!verdict.IsValid) rings.RefuseDoubt(ring);
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

    /// <summary>The keys for a key id where the cached ring tells for certain; <see langword="null"/> where one has to wait.</summary>
    public IReadOnlyList<SecurityKey>? KeysAtHand(TokenClaims claims, string keyId) => (resolver as RingKeyResolver)?.AtHand(policy.RingOf(claims)!, claims.Issuer, keyId);

    /// <summary>The keys for a token that was good once.</summary>
    /// <exception cref="RewtKeysUnavailableException">They cannot be had.</exception>
    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(TokenClaims claims, string keyId, CancellationToken cancellationToken) =>
        ResolveAsync(policy.RingOf(claims)!, claims.Issuer, keyId, cancellationToken);

    /// <summary>Whether a token that was good once is so still as far as its times go.</summary>
    public bool IsInTime(TokenClaims claims) => CheckTimes(claims) == RewtRefusal.None;

    private async ValueTask<TokenVerdict> TryAllAsync(string token, TokenHeader header, string? issuer, IReadOnlyList<SecurityKey> keys)
    {
        foreach (var key in keys)
        {
            if (!KeyAlgorithms.Of(key).Contains(header.Algorithm, StringComparer.Ordinal)) continue;
            if (KeyOwners.Of(key) is { } owner && owner != issuer) continue;
            if (key is SymmetricSecurityKey symmetric && !HmacSignature.Holds(token, symmetric)) continue;

            var reader = policy.MapInboundClaims ? Mapping : Plain;
            var result = await reader.ValidateTokenAsync(token, policy.For(key)).ConfigureAwait(false);
            // The application gets to see the token, and has no use for the secret behind it.
            if (key is SymmetricSecurityKey && result.SecurityToken is { } verified) verified.SigningKey = null;
            if (result.IsValid) return new TokenVerdict(RewtRefusal.None) { Token = result.SecurityToken, Identity = result.ClaimsIdentity, Key = key };
        }

        return TokenVerdict.Refused(RewtRefusal.Invalid);
    }

    private RewtRefusal CheckClaims(TokenClaims claims, bool isNode, SecurityKey? key)
    {
        if (isNode ? claims.IssuedAt is null : !policy.Requirements.Hold(claims)) return RewtRefusal.Invalid;
        if (CheckTimes(claims) is not RewtRefusal.None and var refusal) return refusal;
        if (!HasGoodNames(claims)) return RewtRefusal.Invalid;
        if (policy.Audiences is null || claims.Audiences is null) return RewtRefusal.None;
        return claims.Audiences.Any(audience => policy.IsForUs(audience, key)) ? RewtRefusal.None : RewtRefusal.BadAudience;
    }

    private RewtRefusal CheckTimes(TokenClaims claims)
    {
        var options = policy.Options;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000d;
        var skew = options.ClockSkew.TotalSeconds;
        var maximum = options.MaxTokenLifetime.TotalSeconds;

        if (claims.ExpiresAt is { } expiresAt)
        {
            // Without a beginning, what is left counts: nobody gets in for longer than that.
            if (expiresAt <= claims.IssuedAt || expiresAt - (claims.IssuedAt ?? now + skew) > maximum) return RewtRefusal.Invalid;
            if (now >= expiresAt + skew) return RewtRefusal.Expired;
        }
        else if (now >= claims.IssuedAt + maximum)
        {
            return RewtRefusal.Expired;
        }

        return claims.IssuedAt > now + skew || claims.NotBefore > now + skew ? RewtRefusal.NotYetValid : RewtRefusal.None;
    }

    /// <summary>Others may call themselves by an address.</summary>
    private bool HasGoodNames(TokenClaims claims)
    {
        if (claims.Issuer is { } issuer && !(policy.AcceptsForeign ? Names.IsIdentifier(issuer) : Names.IsName(issuer))) return false;
        return (claims.TokenId is null || Names.IsIdentifier(claims.TokenId)) && (claims.Subject is null || Names.IsIdentifier(claims.Subject));
    }
}
