using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>Signs the tokens that <see cref="BearerTokens"/> caches.</summary>
internal sealed class BearerTokenMaker
{
    private readonly TokenSigner _signer;
    private readonly TimeProvider _time;

    public BearerTokenMaker(TokenSigner signer, TimeProvider time)
    {
        (_signer, _time) = (signer, time);
        NewSlot = key => new CachedToken(this, key.Audience, key.Claims);
    }

    public string? Tenant => _signer.Tenant;

    public Func<(string? Tenant, string? Audience, string Claims), CachedToken> NewSlot { get; }

    public BearerToken Make(SigningChoice choice, string? audience, IReadOnlyDictionary<string, object>? claims, BoundRequest? bound = null)
    {
        var token = _signer.SignBearer(choice.Key, audience, claims, bound?.Binding);
        var life = token.ExpiresAt - token.IssuedAt;
        // Jitter, so that the tokens of an instance and the instances of a fleet do not all sign at the same moment.
        var refreshAt = token.IssuedAt + (life * (0.5 + (Random.Shared.NextDouble() * 0.2)));
        return new BearerToken(new AuthenticationHeaderValue("Bearer", token.Value), token.KeyId, token.IssuedAt, refreshAt, token.IssuedAt + (life * 0.75))
        {
            Tenant = _signer.Tenant,
            IsAhead = choice.IsAhead,
            Publication = choice.Publication,
            Audience = audience,
            Bound = bound,
        };
    }

    /// <summary>Signs a token with the keys in memory. Returns <see langword="null"/> if no usable snapshot is in memory.</summary>
    /// <exception cref="RewtKeysUnavailableException">The snapshot has no key that can sign.</exception>
    public BearerToken? MakeFromMemory(string? audience, string claims)
    {
        if (_signer.Keys.Usable is not { } snapshot) return null;
        return Make(_signer.KeyOf(snapshot, ClockReading.Now(_time), isStored: false), audience, claims.Length == 0 ? null : ClaimJson.FromText(claims));
    }
}
