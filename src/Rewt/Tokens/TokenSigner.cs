using System.Text.Json;

namespace Rewt.Internal;

/// <summary>Creates and signs bearer tokens and data tokens for one namespace or one tenant, with the key that signs now.</summary>
internal sealed class TokenSigner(ISigningKeys keys, RewtOptions options, TimeProvider time)
{
    /// <summary>The tenant that the tokens name; <see langword="null"/> if the tokens are signed with the keys of the namespace.</summary>
    public string? Tenant { get; init; }

    public ISigningKeys Keys => keys;

    public RingMetrics Metrics { get; init; } = RingMetrics.None;

    /// <summary>Creates a bearer token for a service. Without an audience, the token is for any service of the namespace.</summary>
    public async ValueTask<SignedToken> SignBearerAsync(
        string? audience, IReadOnlyDictionary<string, object>? claims, TokenBinding? binding, CancellationToken cancellationToken) =>
        SignBearer(CurrentKey(await keys.GetSigningAsync(cancellationToken).ConfigureAwait(false)), audience, claims, binding);

    /// <summary>Creates a bearer token with the given key.</summary>
    public SignedToken SignBearer(SigningKey key, string? audience, IReadOnlyDictionary<string, object>? claims, TokenBinding? binding = null)
    {
        RefuseAudience(audience);
        if (claims is not null) ReservedClaims.Refuse(claims, Tenant is not null);
        return Sign(key, TokenTypes.Bearer, null, audience ?? options.Namespace, binding, json =>
        {
            if (claims is null) return;
            foreach (var (name, value) in claims)
            {
                json.WritePropertyName(name);
                ClaimJson.Write(json, value);
            }
        });
    }

    /// <summary>Creates a data token. The signed value is the claim <c>data</c>.</summary>
    public async ValueTask<SignedToken> SignDataAsync(string contentType, Action<Utf8JsonWriter> data, CancellationToken cancellationToken)
    {
        var snapshot = await keys.GetSigningAsync(cancellationToken).ConfigureAwait(false);
        return Sign(CurrentKey(snapshot), TokenTypes.Data, contentType, null, null, json =>
        {
            json.WritePropertyName("data"u8);
            data(json);
        });
    }

    /// <summary>Returns the key that signs now, for the namespace or the tenant.</summary>
    /// <exception cref="RewtKeysUnavailableException">There is no key to sign with.</exception>
    public SigningKey CurrentKey(KeySnapshot snapshot) => keys.For(snapshot.SigningKey(ClockReading.Now(time)) ?? throw NoKey(snapshot));

    private RewtKeysUnavailableException NoKey(KeySnapshot snapshot) => new(snapshot.NoSigningKey(keys.Name, options.Section), TimeSpan.FromSeconds(2));

    /// <summary>Returns the key that signs a new token.</summary>
    /// <param name="snapshot">The keys of the namespace.</param>
    /// <param name="now">The current time.</param>
    /// <param name="isStored">Whether the key must be the current key according to the store.</param>
    /// <exception cref="RewtKeysUnavailableException">There is no key to sign with.</exception>
    public SigningChoice KeyOf(KeySnapshot snapshot, ClockReading now, bool isStored)
    {
        var signing = snapshot.SigningKey(now) ?? throw NoKey(snapshot);
        var stored = snapshot.StoredKey(now) ?? signing;
        return isStored ? new(keys.For(stored), false, snapshot.Publication) : new(keys.For(signing), signing.KeyId != stored.KeyId, snapshot.Publication);
    }

    private SignedToken Sign(SigningKey key, string type, string? contentType, string? audience, TokenBinding? binding, Action<Utf8JsonWriter> extra)
    {
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var expiresAt = issuedAt + options.TokenLifetime;
        using var payload = PayloadWriter.Rent();
        Write(payload.Json, audience, issuedAt, expiresAt, binding, extra);
        if (StrictJson.HasTooManyValues(payload.Written)) throw new ArgumentException($"What is signed has more than the {TokenLimits.Values} values that receivers read. Sign less.", nameof(extra));
        Metrics.Signed(type);
        return new SignedToken(TokenWriter.Write(key, type, contentType, payload.Written), key.KeyId, issuedAt, expiresAt);
    }

    private void Write(Utf8JsonWriter json, string? audience, DateTimeOffset issuedAt, DateTimeOffset expiresAt, TokenBinding? binding, Action<Utf8JsonWriter> extra)
    {
        Span<byte> id = stackalloc byte[TokenIds.Length];
        TokenIds.Next(id);

        json.WriteStartObject();
        json.WriteString("iss"u8, options.ServiceName);
        if (audience is not null) json.WriteString("aud"u8, audience);
        // nbf is omitted, because Node's jsonwebtoken.verify permits no clock skew for it.
        json.WriteNumber("iat"u8, issuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp"u8, expiresAt.ToUnixTimeSeconds());
        json.WriteString("jti"u8, id);
        if (Tenant is not null) json.WriteString(TenantName.Claim, Tenant);
        binding?.Write(json);
        try
        {
            extra(json);
        }
        catch (Exception exception) when (exception is InvalidOperationException or JsonException && json.CurrentDepth >= TokenLimits.JsonDepth - 1)
        {
            throw new ArgumentException($"The value is nested deeper than the {TokenLimits.JsonDepth} levels that receivers accept. Sign a flatter value.", nameof(extra), exception);
        }

        json.WriteEndObject();
    }

    /// <exception cref="ArgumentException">The audience is invalid, or is missing although key pairs require it.</exception>
    private void RefuseAudience(string? audience)
    {
        if (options.EffectiveKeyMode == KeyMode.KeyPair && (audience is null || audience == options.Namespace) && audience != options.ServiceName)
        {
            throw new ArgumentException("With key pairs, a token is for one service. Specify the audience.", nameof(audience));
        }

        if (audience is null || Names.IsName(audience) || audience == options.Namespace) return;
        throw new ArgumentException($"An audience must be a service name: 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'.", nameof(audience));
    }
}
