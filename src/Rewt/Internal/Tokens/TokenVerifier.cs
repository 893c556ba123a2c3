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

        var result = isKeyless
            ? await VerifyKeylessAsync(token, header, claims.Issuer, cancellationToken).ConfigureAwait(false)
            : await VerifyWithKeyAsync(token, header, claims.Issuer, cancellationToken).ConfigureAwait(false);
        if (!result.IsValid) return result.IsForeign ? TokenVerdict.Foreign : TokenVerdict.Refused(result.Refusal);

        var refusal = CheckClaims(claims, isNode, result.Key);
        return refusal == RewtRefusal.None ? AppName.Apply(result with { Header = header, Claims = claims }) : TokenVerdict.Refused(refusal);
    }

    private async ValueTask<TokenVerdict> VerifyWithKeyAsync(string token, TokenHeader header, string? issuer, CancellationToken cancellationToken)
    {
        if (resolver is RingKeyResolver rings && rings.IsOfAnotherRing(policy.Options.Namespace, header.KeyId!)) return TokenVerdict.Foreign;

        var keys = await ResolveAsync(issuer, header.KeyId, cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0) return TokenVerdict.Refused(RewtRefusal.StaleKey);

        var verdict = await TryAllAsync(token, header, issuer, keys).ConfigureAwait(false);
        if (!verdict.IsValid) return verdict;

        // Asked again after the work: the process may have been stopped in between while the key was revoked.
        keys = await ResolveAsync(issuer, header.KeyId, cancellationToken).ConfigureAwait(false);
        return keys.Count == 0 ? TokenVerdict.Refused(RewtRefusal.StaleKey) : verdict;
    }

    private async ValueTask<TokenVerdict> VerifyKeylessAsync(string token, TokenHeader header, string? issuer, CancellationToken cancellationToken)
    {
        var keys = await ResolveAsync(issuer, null, cancellationToken).ConfigureAwait(false);
        var verdict = await TryAllAsync(token, header, issuer, keys).ConfigureAwait(false);
        if (!verdict.IsValid && resolver is RingKeyResolver ring)
        {
            keys = await ring.ResolveFreshAsync(policy.Options.Namespace, cancellationToken).ConfigureAwait(false);
            verdict = await TryAllAsync(token, header, issuer, keys).ConfigureAwait(false);
            if (!verdict.IsValid) ring.RefuseDoubt(policy.Options.Namespace);
        }

        if (!verdict.IsValid) return verdict;

        // Asked again after the work, as for a token that names its key.
        keys = await ResolveAsync(issuer, null, cancellationToken).ConfigureAwait(false);
        return keys.Contains(verdict.Key!) ? verdict : TokenVerdict.Refused(RewtRefusal.StaleKey);
    }

    /// <summary>A resolver of the application's own may throw anything; that is an outage and says nothing of the token.</summary>
    public async ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(string? issuer, string? keyId, CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.ResolveForIssuerAsync(policy.Options.Namespace, issuer, keyId, cancellationToken).ConfigureAwait(false) ?? [];
        }
        catch (Exception exception) when (exception is not RewtKeysUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            throw new RewtKeysUnavailableException(
                $"The keys of '{policy.Options.Namespace}' cannot be had: the key resolver failed, see the inner exception.", TimeSpan.FromSeconds(1), exception);
        }
    }

    /// <summary>The keys for a key id where the cached ring tells for certain; <see langword="null"/> where one has to wait.</summary>
    public IReadOnlyList<SecurityKey>? KeysAtHand(string? issuer, string keyId) => (resolver as RingKeyResolver)?.AtHand(policy.Options.Namespace, issuer, keyId);

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
