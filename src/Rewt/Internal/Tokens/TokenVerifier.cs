using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Verifies one kind of token: is it ours, which key, does the signature hold, then the claims. Reads strictly what the library below
/// reads laxly.
/// </summary>
internal sealed class TokenVerifier(TokenPolicy policy, IIssuerSigningKeyResolver resolver, TimeProvider time)
{
    private static readonly IdentityReader Plain = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = TokenLimits.TokenLength };
    private static readonly IdentityReader Mapping = new() { MapInboundClaims = true, MaximumTokenSizeInBytes = TokenLimits.TokenLength };

    private readonly TokenHeaders _headers = new();

    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public ValueTask<TokenVerdict> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        if (_headers.TryRead(token) is not { } header) return new(TokenVerdict.Foreign);

        var isNode = policy.Options.AcceptNodeTokens && header.IsNode;
        var isForeign = policy.AcceptsForeign && TokenTypes.IsForeignBearer(header.Type);
        if (!isNode && !isForeign && header.Type != policy.Type) return new(TokenVerdict.Foreign);
        if (header.HasExtensions || TokenClaims.TryRead(token) is not { } claims) return new(TokenVerdict.Refused(RewtRefusal.Invalid));
        var isKeyless = isNode || (isForeign && header.KeyId is null && claims.Issuer != policy.Options.ServiceName);
        if (!isKeyless && string.IsNullOrEmpty(header.KeyId)) return new(TokenVerdict.Refused(RewtRefusal.Invalid));
        // Before any key is looked for: who may not call costs nothing.
        if (!policy.IsTrusted(claims.Issuer)) return new(TokenVerdict.Refused(RewtRefusal.Invalid));

        if (!isKeyless && resolver is RingKeyResolver rings && rings.IsOfAnotherRing(policy.Options.Namespace, claims.Tenant, header.KeyId!)) return new(TokenVerdict.Foreign);
        if (policy.RingOf(claims) is null) return new(TokenVerdict.Refused(RewtRefusal.Invalid));
        if (isKeyless) return VerifyKeylessAsync(token, header, claims, isNode, cancellationToken);
        return VerifyAtOnce(token, header, claims) is { } verdict ? new(verdict) : VerifyWithKeyAsync(token, header, claims, cancellationToken);
    }

    /// <summary>The usual token: its key is at hand and no rule of the application is to be asked. <see langword="null"/> for any other.</summary>
    private TokenVerdict? VerifyAtOnce(string token, TokenHeader header, TokenClaims claims)
    {
        if (!policy.IsOurs || KeysAtHand(claims, header.KeyId!) is not { Count: 1 } keys || keys[0] is not (RingSecurityKey or IOneAlgorithmKey)) return null;

        var verdict = TrySettled(token, header, claims.Issuer, keys[0]);
        if (!verdict.IsValid) return verdict;
        // Asked again after the work: the process may have been stopped in between while the key was revoked.
        return KeysAtHand(claims, header.KeyId!) is { Count: > 0 } ? Judge(verdict, header, claims, isNode: false) : null;
    }

    private async ValueTask<TokenVerdict> VerifyWithKeyAsync(string token, TokenHeader header, TokenClaims claims, CancellationToken cancellationToken)
    {
        var keys = await ResolveAsync(claims, header.KeyId, cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0) return TokenVerdict.Refused(RewtRefusal.StaleKey);

        var verdict = await TryAllAsync(token, header, claims.Issuer, keys).ConfigureAwait(false);
        if (!verdict.IsValid) return verdict;

        // Asked again after the work, as above.
        keys = await ResolveAsync(claims, header.KeyId, cancellationToken).ConfigureAwait(false);
        return keys.Count == 0 ? TokenVerdict.Refused(RewtRefusal.StaleKey) : Judge(verdict, header, claims, isNode: false);
    }

    private async ValueTask<TokenVerdict> VerifyKeylessAsync(string token, TokenHeader header, TokenClaims claims, bool isNode, CancellationToken cancellationToken)
    {
        var keys = await ResolveAsync(claims, null, cancellationToken).ConfigureAwait(false);
        var verdict = await TryAllAsync(token, header, claims.Issuer, keys).ConfigureAwait(false);
        if (!verdict.IsValid && resolver is RingKeyResolver ring)
        {
            keys = await ring.ResolveFreshAsync(policy.RingOf(claims)!, cancellationToken).ConfigureAwait(false);
            verdict = await TryAllAsync(token, header, claims.Issuer, keys).ConfigureAwait(false);
            if (!verdict.IsValid) ring.RefuseDoubt(policy.RingOf(claims)!);
        }

        if (!verdict.IsValid) return verdict;

        // Asked again after the work, as for a token that names its key.
        keys = await ResolveAsync(claims, null, cancellationToken).ConfigureAwait(false);
        return keys.Contains(verdict.Key!) ? Judge(verdict, header, claims, isNode) : TokenVerdict.Refused(RewtRefusal.StaleKey);
    }

    /// <summary>The keys of the ring that the token says it is of. A resolver of the application's own may throw anything; that is an outage and says nothing of the token.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public async ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(TokenClaims claims, string? keyId, CancellationToken cancellationToken)
    {
        var ring = policy.RingOf(claims)!;
        try
        {
            return await resolver.ResolveForIssuerAsync(ring, claims.Issuer, keyId, cancellationToken).ConfigureAwait(false) ?? [];
        }
        catch (Exception exception) when (exception is not RewtKeysUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            throw new RewtKeysUnavailableException(
                $"The keys of '{ring}' cannot be had: the key resolver failed, see the inner exception.", TimeSpan.FromSeconds(1), exception);
        }
    }

    /// <summary>The keys for a key id where the cached ring tells for certain; <see langword="null"/> where one has to wait.</summary>
    public IReadOnlyList<SecurityKey>? KeysAtHand(TokenClaims claims, string keyId) => (resolver as RingKeyResolver)?.AtHand(policy.RingOf(claims)!, claims.Issuer, keyId);

    /// <summary>Whether a token that was good once is so still as far as its times go.</summary>
    public bool IsInTime(TokenClaims claims) => CheckTimes(claims) == RewtRefusal.None;

    private async ValueTask<TokenVerdict> TryAllAsync(string token, TokenHeader header, string? issuer, IReadOnlyList<SecurityKey> keys)
    {
        foreach (var key in keys)
        {
            var verdict = policy.IsOurs && key is (SymmetricSecurityKey or IOneAlgorithmKey)
                ? TrySettled(token, header, issuer, key)
                : await TryAsync(token, header, issuer, key).ConfigureAwait(false);
            if (verdict.IsValid) return verdict;
        }

        return TokenVerdict.Refused(RewtRefusal.Invalid);
    }

    /// <summary>With a key of ours and no rules of the application: signature, algorithm, type, times and audience are checked here and issuers are free, so there is nothing that the library could still validate.</summary>
    private TokenVerdict TrySettled(string token, TokenHeader header, string? issuer, SecurityKey key)
    {
        if (!IsFor(key, header, issuer)) return TokenVerdict.Refused(RewtRefusal.Invalid);
        var holds = key is SymmetricSecurityKey secret ? HmacSignature.Holds(token, secret) : PublicSignature.Holds(token, key, header.Algorithm!);
        if (!holds) return TokenVerdict.Refused(RewtRefusal.Invalid);

        var settled = new JsonWebToken(token);
        return new TokenVerdict(RewtRefusal.None) { Token = settled, Identity = Reader.Read(settled, policy.For(key)), Key = key };
    }

    private async ValueTask<TokenVerdict> TryAsync(string token, TokenHeader header, string? issuer, SecurityKey key)
    {
        if (!IsFor(key, header, issuer)) return TokenVerdict.Refused(RewtRefusal.Invalid);
        if (key is SymmetricSecurityKey symmetric && !HmacSignature.Holds(token, symmetric)) return TokenVerdict.Refused(RewtRefusal.Invalid);

        var result = await Reader.ValidateTokenAsync(token, policy.For(key)).ConfigureAwait(false);
        // The application gets to see the token, and has no use for the secret behind it.
        if (key is SymmetricSecurityKey && result.SecurityToken is { } verified) verified.SigningKey = null;
        return result.IsValid
            ? new TokenVerdict(RewtRefusal.None) { Token = result.SecurityToken, Identity = result.ClaimsIdentity, Key = key }
            : TokenVerdict.Refused(RewtRefusal.Invalid);
    }

    private static bool IsFor(SecurityKey key, TokenHeader header, string? issuer) =>
        KeyAlgorithms.Of(key).AsSpan().Contains(header.Algorithm) && (KeyOwners.Of(key) is not { } owner || owner == issuer);

    private IdentityReader Reader => policy.MapInboundClaims ? Mapping : Plain;

    private TokenVerdict Judge(TokenVerdict verdict, TokenHeader header, TokenClaims claims, bool isNode)
    {
        var refusal = CheckClaims(claims, isNode, verdict.Key);
        if (refusal != RewtRefusal.None) return TokenVerdict.Refused(refusal);

        var accepted = verdict with { Header = header, Claims = claims };
        // Whoever holds a tenant's secret could call itself any app; apps belong to no tenant.
        return policy.Options.Tenants ? accepted : AppName.Apply(accepted);
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
