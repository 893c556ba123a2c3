using System.Buffers.Text;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Verifies received tokens of one type, which are bearer tokens or signed data. The type is checked first, then the key, the signature and the
/// claims. The result is the identity of the caller, or the reason for the refusal. Tokens are parsed more strictly than by the
/// Microsoft.IdentityModel libraries.
/// </summary>
internal sealed class TokenVerifier(TokenPolicy policy, IIssuerSigningKeyResolver resolver, KeyRingResolver? rings, TimeProvider time)
{
    /// <summary>
    /// The number of refreshes for a token without a key id. The first refresh may return a new key. The second refresh shows whether a source of
    /// keys is unreachable.
    /// </summary>
    private const int KeylessRounds = 2;

    private readonly ClaimsIdentityFactory _identities = new() { MapInboundClaims = policy.MapInboundClaims, MaximumTokenSizeInBytes = TokenLimits.TokenLength };

    /// <summary>
    /// The default resolver, which reads the key rings in memory directly; <see langword="null"/> if the application has registered a resolver of its
    /// own.
    /// </summary>
    private readonly KeyRingResolver? _direct = resolver as KeyRingResolver;
    private readonly bool _hasTenants = policy.Options.Tenants.Enabled;
    private readonly TokenHeaderCache _headers = new();

    private NamespaceKeyRings? _keyRings;

    public bool ExplainsRefusals => policy.Options.ExplainRefusals;

    /// <summary>The configuration section of the receiver, for the text of a refusal.</summary>
    public string Section => policy.Options.Section;

    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    public ValueTask<TokenResult> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        var parsed = Read(token);
        return parsed.Outcome is { } verdict ? new(verdict) : VerifyAsync(parsed, cancellationToken);
    }

    /// <summary>
    /// Parses a token, and verifies it as far as possible without waiting. In most cases, the token can be accepted or refused without waiting.
    /// </summary>
    public ParsedToken Read(string token)
    {
        if (_headers.TryRead(token) is not { } header) return new(TokenResult.Foreign);

        var isNode = policy.Options.AcceptNodeTokens && header.IsNode;
        var isForeign = policy.AcceptsForeign && TokenTypes.IsForeignBearer(header.Type);
        if (!isNode && !isForeign && header.Type != policy.Type) return new(TokenResult.Foreign);
        if (header.HasExtensions) return Refused(null, RefusalReason.UnsupportedHeader);
        if (TokenClaims.TryRead(token) is not { } claims) return Refused(null, RefusalReason.MalformedClaims);
        var isKeyless = isNode || (isForeign && header.KeyId is null && claims.Issuer != policy.Options.ServiceName);
        var keyId = KeyId.TryParse(header.KeyId);
        if (!isKeyless && keyId is null) return Refused(claims, RefusalReason.MissingKeyId);
        // Checked before any key is resolved, so that tokens of an untrusted issuer cause no reads.
        if (!policy.IsTrusted(claims.Issuer)) return Refused(claims, RefusalReason.UntrustedIssuer, claims.Issuer, policy.Options.TrustedIssuers);

        if (keyId is { } named && rings?.IsOfAnotherRing(policy.Options.Namespace, claims.Tenant, named, policy is { HasChosenKeyIds: true, Options.TrustedIssuers.Count: > 0 }) == true) return new(TokenResult.OfOtherNamespace);
        if (!policy.HasTenant(claims)) return Refused(claims, RefusalReason.MissingTenant);

        var parsed = new ParsedToken(token, header, claims, null) { KeyId = keyId, IsNode = isNode };
        return keyId is null ? parsed : parsed with { Outcome = VerifyAtOnce(parsed, keyId.Value) };

        ParsedToken Refused(TokenClaims? claims, RefusalReason reason, object? received = null, object? expected = null) => new(TokenResult.Refused(reason, received, expected), header, claims);
    }

    /// <summary>Completes the verification of a token that was neither accepted nor refused by <see cref="Read"/>.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    public ValueTask<TokenResult> VerifyAsync(ParsedToken parsed, CancellationToken cancellationToken) =>
        parsed.KeyId is { } keyId ? VerifyWithKeyAsync(parsed, keyId, cancellationToken) : VerifyKeylessAsync(parsed, cancellationToken);

    /// <summary>
    /// Checks a token whose signature was verified: the token has not expired, its key and its tenant are not revoked, and its claims are accepted.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    public async ValueTask<TokenResult> ConfirmAsync(TokenResult verified, ParsedToken parsed, CancellationToken cancellationToken)
    {
        var (claims, keyId) = (parsed.Claims, parsed.KeyId);
        var keys = await ResolveAgainAsync(verified.Key, claims, keyId, cancellationToken).ConfigureAwait(false);
        // The key of a chosen key id may have been replaced. A resolver of the application may return new objects.
        var isSameKey = keyId is null || (_direct is not null && policy.HasChosenKeyIds);
        var isAccepted = isSameKey ? keys.Contains(verified.Key!) : keys.Count > 0;
        return isAccepted ? CheckContent(verified, parsed.IsNode, time.GetUtcNow()) : UnknownKey(claims, keyId);
    }

    /// <summary>The key rings of the namespace; <see langword="null"/> if the application has a resolver.</summary>
    private NamespaceKeyRings? KeyRings => _keyRings ??= _direct?.KeyRings(policy.Options.Namespace);

    /// <summary>
    /// Verifies a token without waiting, if its key is in memory and the application has no validation rules of its own. Returns
    /// <see langword="null"/> in any other case.
    /// </summary>
    private TokenResult? VerifyAtOnce(in ParsedToken parsed, KeyId keyId)
    {
        var claims = parsed.Claims;
        if (!policy.IsOurs || KeysInMemory(claims, keyId, ClockReading.Now(time)) is not { Count: 1 } keys || keys[0] is not (RingSecurityKey or IOneAlgorithmKey)) return null;

        var verdict = TrySettled(parsed, keys[0]);
        if (!verdict.IsValid) return verdict;
        // Resolved again after the verification: the process may have been suspended meanwhile while the key was revoked.
        var now = ClockReading.Now(time);
        return KeysInMemory(claims, keyId, now) is { Count: > 0 } ? CheckContent(verdict, isNode: false, now.WallClock) : null;
    }

    private async ValueTask<TokenResult> VerifyWithKeyAsync(ParsedToken parsed, KeyId keyId, CancellationToken cancellationToken)
    {
        var claims = parsed.Claims;
        var keys = await ResolveAsync(claims, keyId, cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0) return UnknownKey(claims, keyId);

        var verdict = await TryAllAsync(parsed, keys).ConfigureAwait(false);
        if (!verdict.IsValid) return verdict;

        // Before the tenant is read: a token that is refused anyway causes no read.
        if (verdict.Key is TenantSecurityKey && CheckClaims(claims, isNode: false, verdict.Key, time.GetUtcNow()) is { } refusal) return new TokenResult(refusal);
        // The key may have been revoked meanwhile.
        return await ConfirmAsync(verdict, parsed, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<TokenResult> VerifyKeylessAsync(ParsedToken parsed, CancellationToken cancellationToken)
    {
        var keys = await ResolveAsync(parsed.Claims, null, cancellationToken).ConfigureAwait(false);
        var verdict = await TryAllAsync(parsed, keys).ConfigureAwait(false);
        for (var round = 0; !verdict.IsValid && round < KeylessRounds; round++)
        {
            var newer = (await ResolveAsync(policy.KeyRequest(parsed.Claims, null) with { Tried = keys }, cancellationToken).ConfigureAwait(false)).Except(keys).ToList();
            if (newer.Count == 0) break;
            verdict = await TryAllAsync(parsed, newer).ConfigureAwait(false);
            keys = [.. keys, .. newer];
        }

        if (!verdict.IsValid) return verdict;

        // The key may have been revoked meanwhile.
        return await ConfirmAsync(verdict, parsed, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(TokenClaims claims, KeyId? keyId, CancellationToken cancellationToken) =>
        ResolveAsync(policy.KeyRequest(claims, keyId), cancellationToken);

    /// <summary>
    /// Returns the keys of the key ring to which the token belongs. An exception of the application's resolver counts as an outage, and does not make
    /// the token invalid.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    private async ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.ResolveAsync(request, cancellationToken).ConfigureAwait(false) ?? [];
        }
        catch (Exception exception) when (exception is not RewtKeysUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            throw new RewtKeysUnavailableException(
                $"The keys of '{request.Namespace}' are unavailable: the key resolver failed. See the inner exception.", TimeSpan.FromSeconds(1), exception);
        }
    }

    /// <summary>
    /// Returns the keys of the key ring to which a token belongs, after a key has verified the signature. The tenant is read from the store only
    /// after this verification, so that forged tokens cause no reads of tenants.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    public async ValueTask<IReadOnlyList<SecurityKey>> ResolveAgainAsync(SecurityKey? verified, TokenClaims claims, KeyId? keyId, CancellationToken cancellationToken)
    {
        var keys = await ResolveAsync(claims, keyId, cancellationToken).ConfigureAwait(false);
        // Confirmed last, so that a revocation during the other steps counts.
        return verified is TenantSecurityKey key && keys.Count > 0 && !await key.ConfirmAsync(cancellationToken).ConfigureAwait(false) ? [] : keys;
    }

    /// <summary>Returns the keys with a key id from the key ring in memory; <see langword="null"/> if a refresh is necessary.</summary>
    public IReadOnlyList<SecurityKey>? KeysInMemory(TokenClaims claims, KeyId keyId, ClockReading now)
    {
        if (KeyRings is not { } keyRings) return null;
        return _hasTenants ? keyRings.Own.Tenants!.InMemory(claims.Tenant!, keyId, now) : KeyRingResolver.InMemory(keyRings, claims.Issuer, keyId, now);
    }

    /// <summary>
    /// Returns the limit that a search for the token's key would exceed; <see langword="null"/> if no search is necessary, or if the search is
    /// permitted. If the limit is exceeded, the verification of the token would throw an exception. In a flood of such tokens, the exceptions would
    /// take most of the processor time.
    /// </summary>
    public UnknownKeyLimit? ExceededLimit(in ParsedToken parsed)
    {
        if (parsed is not { Outcome: null, KeyId: { } keyId } || KeyRings is not { } keyRings) return null;

        var now = ClockReading.Now(time);
        if (!_hasTenants) return KeyRingResolver.ExceededLimit(keyRings, parsed.Claims.Issuer, keyId, now);
        return TenantKeyId.TryParse(keyId, out var secretId, out _) ? KeyRingResolver.ExceededLimit(keyRings, null, secretId, now) : null;
    }

    /// <summary>Returns a refusal with the issuer and the key id that the refused token names.</summary>
    public TokenRefusal Named(TokenRefusal refusal, in ParsedToken parsed)
    {
        var issuer = parsed.Claims?.Issuer;
        return refusal with { Section = Section, Issuer = issuer, KeyId = parsed.Header.KeyId, NamedIssuer = issuer is not null && policy.Options.TrustedIssuers.Contains(issuer) ? issuer : null };
    }

    /// <summary>Returns whether a token that was verified before is still within its lifetime.</summary>
    public bool IsInTime(TokenClaims claims, DateTimeOffset now) => CheckTimes(claims, now) is null;

    private async ValueTask<TokenResult> TryAllAsync(ParsedToken parsed, IReadOnlyList<SecurityKey> keys)
    {
        TokenResult? verdict = null;
        foreach (var key in keys)
        {
            verdict = policy.IsOurs && key is (SymmetricSecurityKey or IOneAlgorithmKey)
                ? TrySettled(parsed, key)
                : await TryAsync(parsed, key).ConfigureAwait(false);
            if (verdict.IsValid) return verdict;
        }

        return verdict ?? TokenResult.Refused(RefusalReason.WrongSignature);
    }

    /// <summary>
    /// Verifies a token with one key, if the application has no validation rules of its own. The method checks the algorithm and the signature, and
    /// whether the issuer and the tenant match the key. Other methods of this class check the type, the times and the audience. The
    /// Microsoft.IdentityModel libraries are therefore not needed for the validation.
    /// </summary>
    private TokenResult TrySettled(in ParsedToken parsed, SecurityKey key)
    {
        if (Unfit(key, parsed) is { } unfit) return new TokenResult(unfit);
        return TokenSignature.Holds(parsed.Token, key) ? Settle(parsed, key, validated: null) : TokenResult.Refused(RefusalReason.WrongSignature);
    }

    private async ValueTask<TokenResult> TryAsync(ParsedToken parsed, SecurityKey key)
    {
        if (Unfit(key, parsed) is { } unfit) return new TokenResult(unfit);
        if (key is SymmetricSecurityKey && !TokenSignature.Holds(parsed.Token, key)) return TokenResult.Refused(RefusalReason.WrongSignature);

        var result = await _identities.ValidateTokenAsync(parsed.Token, policy.For(key)).ConfigureAwait(false);
        // The application receives the token, but must not receive the secret.
        if (key is SymmetricSecurityKey && result.SecurityToken is { } verified) verified.SigningKey = null;
        if (!result.IsValid) return result.Exception is SecurityTokenInvalidSignatureException ? TokenResult.Refused(RefusalReason.WrongSignature) : OfRule(result.Exception);
        return Settle(parsed, key, result);
    }

    /// <summary>Creates the result of a token with a valid signature.</summary>
    /// <param name="parsed">The token.</param>
    /// <param name="key">The key that verified the signature.</param>
    /// <param name="validated">The validation by the Microsoft.IdentityModel libraries; <see langword="null"/> if they did not validate the token.</param>
    private TokenResult Settle(in ParsedToken parsed, SecurityKey key, TokenValidationResult? validated)
    {
        try
        {
            var token = (JsonWebToken?)validated?.SecurityToken ?? new JsonWebToken(parsed.Token);
            var identity = validated?.ClaimsIdentity ?? _identities.Create(token, policy.Parameters);
            // The libraries read the actor from a token inside the token. If the application has not configured parameters for the inner token, they
            // would use parameters that do not check its signature.
            if (!(policy.MapInboundClaims && policy.Parameters is { ValidateActor: true, ActorValidationParameters: not null } && token.Actor is { Length: > 0 })) identity.Actor = null;
            return new TokenResult { Header = parsed.Header, Claims = parsed.Claims, Token = token, Identity = identity, Key = key };
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            return OfRule(exception);
        }
    }

    /// <summary>
    /// Returns the refusal of a token by a rule of the application, or because a claim cannot be read. The type of the exception names the rule.
    /// </summary>
    private TokenResult OfRule(Exception exception)
    {
        var issuers = exception is SecurityTokenInvalidIssuerException ? new[] { policy.Parameters.ValidIssuer }.Concat(policy.Parameters.ValidIssuers ?? []).OfType<string>().ToList() : [];
        return TokenResult.Refused(RefusalReason.ValidationRule, exception.GetType().Name, issuers.Count > 0 ? issuers : null);
    }

    /// <summary>
    /// Returns whether an exception means that the Microsoft.IdentityModel libraries cannot parse a claim that they interpret (<c>azp</c>,
    /// <c>actort</c>).
    /// </summary>
    private static bool IsUnreadable(Exception exception) =>
        exception is ArgumentException or SecurityTokenException or JsonException or FormatException or InvalidOperationException or OverflowException;

    /// <summary>
    /// Returns the refusal of a token whose algorithm, issuer, tenant or signature length does not match the key; <see langword="null"/> if all
    /// match.
    /// </summary>
    private TokenRefusal? Unfit(SecurityKey key, in ParsedToken parsed)
    {
        var (token, header, claims) = (parsed.Token, parsed.Header, parsed.Claims);
        if (!KeyAlgorithms.Of(key).AsSpan().Contains(header.Algorithm)) return new(RefusalReason.WrongAlgorithm, header.Algorithm);
        // A resolver of the application may return the key of another tenant with the same key id.
        if (key is RingSecurityKey secret)
        {
            if (secret is TenantSecurityKey derived ? derived.Tenant != claims.Tenant : _hasTenants) return new(RefusalReason.OtherTenant, claims.Tenant, "key");
        }
        else if (key is IOneAlgorithmKey { Owner: { } owner } && owner != claims.Issuer)
        {
            return new(RefusalReason.OtherOwner, claims.Issuer);
        }

        return token.Length - token.LastIndexOf('.') - 1 == Base64Url.GetEncodedLength(KeyAlgorithms.SignatureLength(key)) ? null : new(RefusalReason.WrongSignature);
    }

    private TokenResult UnknownKey(TokenClaims claims, KeyId? named)
    {
        if (named is not { } keyId) return TokenResult.Refused(RefusalReason.UnknownKey);
        if (!_hasTenants && TenantKeyId.TryParse(keyId, out _, out _)) return TokenResult.Refused(RefusalReason.UnexpectedTenant, keyId.ToString());
        if (_hasTenants && rings?.KeyRings(policy.Options.Namespace).Own.Tenants?.Refusing(claims.Tenant!, keyId) is { } state)
        {
            return new TokenResult(TokenRefusal.OfTenant(claims.Tenant!, state));
        }

        if (ConfiguredKeySource.IsConfigured(policy.Options)) return TokenResult.Refused(RefusalReason.UnknownKey, keyId.ToString(), nameof(RewtOptions.VerificationKeys));
        if (KeyRings?.Of(keyId).Known?.RefusedKeyOf(claims.Issuer, keyId) is { } refused) return TokenResult.Refused(RefusalReason.UnknownKey, keyId.ToString(), refused);
        return TokenResult.Refused(IsOfOtherMode(keyId) ? RefusalReason.OtherKeyMode : RefusalReason.UnknownKey, keyId.ToString());
    }

    /// <summary>Returns whether a key id has the form of a kind of key (shared secret or key pair) that this service does not accept.</summary>
    private bool IsOfOtherMode(KeyId keyId)
    {
        if (policy.Options.AlsoAccept is not null) return false;
        return policy.Options.KeyMode == KeyMode.KeyPair ? keyId.IsOfSecret : keyId.IsOfKeyPair;
    }

    private TokenResult CheckContent(TokenResult verdict, bool isNode, DateTimeOffset now)
    {
        if (CheckClaims(verdict.Claims!, isNode, verdict.Key, now) is { } refusal) return new TokenResult(refusal);
        if (HasLookalike(verdict.Identity!)) return TokenResult.Refused(RefusalReason.MalformedClaims);

        // Apps belong to no tenant. With tenants, the holder of one tenant's secret could claim to be any app.
        return policy.Options.Tenants.Enabled ? verdict : AppName.Apply(verdict);
    }

    /// <summary>
    /// Returns whether a token has a claim whose name differs from <c>iss</c> or <c>tenant</c> only in case. Names in a token are case-sensitive, but
    /// <c>RequireClaim</c> and <see cref="ClaimsIdentity"/> ignore the case. An application could therefore mistake such a claim for the verified
    /// issuer or tenant.
    /// </summary>
    private bool HasLookalike(ClaimsIdentity identity)
    {
        foreach (var claim in identity.Claims)
        {
            if (IsLookalike(claim.Type, "iss") || (_hasTenants && IsLookalike(claim.Type, TenantName.Claim))) return true;
        }

        return false;
    }

    private static bool IsLookalike(string type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase) && type != name;

    private TokenRefusal? CheckClaims(TokenClaims claims, bool isNode, SecurityKey? key, DateTimeOffset now)
    {
        var missing = !isNode ? policy.Requirements.Missing(claims) : claims.IssuedAt is null ? "iat" : null;
        if (missing is not null) return new(RefusalReason.MissingClaim, missing);
        if (CheckTimes(claims, now) is { } refusal) return refusal;
        if (InvalidName(claims) is { } name) return new(RefusalReason.InvalidName, name);
        if (policy.Audiences is null || claims.Audiences is null) return null;
        return claims.Audiences.Any(audience => policy.IsForUs(audience, key)) ? null : new(RefusalReason.OtherAudience, claims.Audiences, policy.Audiences);
    }

    private TokenRefusal? CheckTimes(TokenClaims claims, DateTimeOffset clock)
    {
        var now = clock.ToUnixTimeMilliseconds() / 1000d;
        var (skew, maximum) = (policy.Skew, policy.MaximumLifetime);

        // Without iat, the remaining lifetime must not exceed the maximum. Without exp, the maximum lifetime applies from iat on.
        var lifetime = claims.ExpiresAt - (claims.IssuedAt ?? now + skew);
        if (claims.ExpiresAt <= claims.IssuedAt) return new(RefusalReason.InvalidLifetime);
        if (lifetime > maximum) return new(RefusalReason.LifetimeTooLong, lifetime, maximum);
        if (claims.ExpiresAt is { } expiresAt && now >= expiresAt + skew) return new(RefusalReason.Expired, now - expiresAt, skew);
        if (claims.ExpiresAt is null && now >= claims.IssuedAt + maximum) return new(RefusalReason.Expired, now - claims.IssuedAt - maximum, skew);

        if (claims.IssuedAt > now + skew) return new(RefusalReason.NotYetValid, claims.IssuedAt - now, skew);
        return claims.NotBefore > now + skew ? new(RefusalReason.NotYetValid, claims.NotBefore - now, skew) : null;
    }

    /// <summary>
    /// Returns the name of the first claim (<c>iss</c>, <c>jti</c> or <c>sub</c>) whose value is not permitted; <see langword="null"/> if all are
    /// permitted. The issuer of a token of this library must be a valid service name.
    /// </summary>
    private string? InvalidName(TokenClaims claims)
    {
        if (claims.Issuer is { } issuer && !(policy.AcceptsForeign ? Names.IsForeignIdentifier(issuer) : Names.IsName(issuer))) return "iss";
        if (claims.TokenId is { } tokenId && !Names.IsForeignIdentifier(tokenId)) return "jti";
        return claims.Subject is { } subject && !Names.IsForeignIdentifier(subject) ? "sub" : null;
    }
}
