using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// A signed token as an HTTP client sends it: the <c>Authorization</c> header, the key that signed it, and the times until which it may be sent and
/// at which it is replaced.
/// </summary>
/// <param name="Header">The <c>Authorization</c> header that contains it.</param>
/// <param name="KeyId">The id of the key that signed it.</param>
/// <param name="IssuedAt">The time of signing.</param>
/// <param name="RefreshAt">The time at which a replacement is signed in the background. This token stays in use meanwhile.</param>
/// <param name="UseUntil">The end of use, early enough that the token does not arrive expired.</param>
internal sealed record BearerToken(AuthenticationHeaderValue Header, string KeyId, DateTimeOffset IssuedAt, DateTimeOffset RefreshAt, DateTimeOffset UseUntil)
{
    /// <summary>The tenant whose key signed the token, if tenants have keys of their own.</summary>
    public string? Tenant { get; init; }

    /// <summary>
    /// Whether the key was still pending in the store when it signed. A Node service does not know such a key until the write that makes it current.
    /// </summary>
    public bool IsAhead { get; init; }

    /// <summary>The publication of the key: see <see cref="KeySnapshot.Publication"/>.</summary>
    public string? Publication { get; init; }

    /// <summary>The <c>aud</c> claim; <see langword="null"/> for any service of the namespace.</summary>
    public string? Audience { get; init; }

    /// <summary>The request that the token is bound to; <see langword="null"/> for a token that other requests can use too.</summary>
    public BoundRequest? Bound { get; init; }

    public static BearerToken Sign(TokenSigner signer, SigningChoice choice, string? audience, IReadOnlyDictionary<string, object>? claims, BoundRequest? bound = null)
    {
        var token = signer.SignBearer(choice.Key, audience, claims, bound?.Binding);
        var life = token.ExpiresAt - token.IssuedAt;
        // Jitter, so that the tokens of an instance and the instances of a fleet do not all sign at the same moment.
        var refreshAt = token.IssuedAt + (life * (0.5 + (Random.Shared.NextDouble() * 0.2)));
        return new BearerToken(new AuthenticationHeaderValue("Bearer", token.Value), token.KeyId, token.IssuedAt, refreshAt, token.IssuedAt + (life * 0.75))
        {
            Tenant = signer.Tenant,
            IsAhead = choice.IsAhead,
            Publication = choice.Publication,
            Audience = audience,
            Bound = bound,
        };
    }

    /// <summary>Returns whether the token was signed by this choice of key.</summary>
    public bool IsOf(SigningChoice choice) => KeyId == choice.Key.KeyId && IsAhead == choice.IsAhead && Publication == choice.Publication;

    /// <summary>
    /// Returns whether the token can be sent now. After the clock is set back, a token issued in the future is not usable, because receivers
    /// reject it.
    /// </summary>
    public bool IsUsable(DateTimeOffset now) => IssuedAt <= now && now < UseUntil;

    /// <summary>Returns the key id; the token is never included.</summary>
    public override string ToString() => $"bearer token of key {KeyId}";
}
