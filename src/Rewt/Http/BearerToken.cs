using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// A signed token of an HTTP client: the <c>Authorization</c> header, the key that signed the token, the time until which the token may be sent, and
/// the time at which it is replaced.
/// </summary>
/// <param name="Header">The <c>Authorization</c> header that contains the token.</param>
/// <param name="KeyId">The id of the key that signed the token.</param>
/// <param name="IssuedAt">The time at which the token was signed.</param>
/// <param name="RefreshAt">The time from which a new token is signed in the background. The old token is still sent until the new token is
/// signed.</param>
/// <param name="UseUntil">The time until which the token may be sent. This time is earlier than the expiry, so that the token does not expire before
/// it arrives.</param>
internal sealed record BearerToken(AuthenticationHeaderValue Header, KeyId KeyId, DateTimeOffset IssuedAt, DateTimeOffset RefreshAt, DateTimeOffset UseUntil)
{
    /// <summary>The tenant whose key signed the token, if tenants have keys of their own.</summary>
    public string? Tenant { get; init; }

    /// <summary>
    /// Whether the key was still pending in the store when the token was signed. A service with the Node module <c>rewt</c> does not know a pending
    /// key until the store contains the key as the current key.
    /// </summary>
    public bool IsAhead { get; init; }

    /// <summary>The value of <see cref="KeySnapshot.Publication"/> when the token was signed.</summary>
    public string? Publication { get; init; }

    /// <summary>The <c>aud</c> claim; <see langword="null"/> if any service of the namespace accepts the token.</summary>
    public string? Audience { get; init; }

    /// <summary>The parts of the request that the token is bound to; <see langword="null"/> for a token that other requests can use too.</summary>
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

    /// <summary>
    /// Returns whether this token was signed with the key of <paramref name="choice"/>, and the state of the key in the store is still the same.
    /// </summary>
    public bool IsOf(SigningChoice choice) => KeyId == choice.Key.KeyId && IsAhead == choice.IsAhead && Publication == choice.Publication;

    /// <summary>
    /// Returns whether the token can be sent now. If the clock was set back, the token may have been issued in the future. Receivers refuse such a
    /// token, so it cannot be sent.
    /// </summary>
    public bool IsUsable(DateTimeOffset now) => IssuedAt <= now && now < UseUntil;

    /// <summary>Returns a text with the key id, without the token.</summary>
    public override string ToString() => $"bearer token of key {KeyId}";
}
