using Microsoft.IdentityModel.Tokens;

namespace Rewt;

/// <summary>
/// Finds the keys that may verify a token. The one that is registered reads the key ring cached from Redis and asks Redis about a
/// key id that it does not know; register another in its place to take keys from elsewhere.
/// </summary>
public interface IIssuerSigningKeyResolver
{
    /// <summary>The keys that may verify now.</summary>
    /// <param name="ring">The key ring that the token belongs to: the namespace.</param>
    /// <param name="keyId">The token's <c>kid</c> (RFC 7515 §4.1.4), or <see langword="null"/> for a token that names none.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller only.</param>
    /// <returns>The key that <paramref name="keyId"/> names, the few to try when it is null, or none when the key is unknown or revoked.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had: an outage, not a bad token.</exception>
    ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(string ring, string? keyId, CancellationToken cancellationToken = default);

    /// <summary>
    /// The keys that may verify now what an issuer is said to have signed. Where services have key pairs of their own, the issuer says where to look;
    /// a resolver that does not know issuers need not implement this.
    /// </summary>
    /// <param name="ring">The key ring that the token belongs to: the namespace.</param>
    /// <param name="issuer">The token's <c>iss</c> (RFC 7519 §4.1.1), not verified yet; <see langword="null"/> for a token that names none.</param>
    /// <param name="keyId">The token's <c>kid</c> (RFC 7515 §4.1.4), or <see langword="null"/> for a token that names none.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller only.</param>
    /// <returns>As <see cref="ResolveAsync"/>; keys of another issuer are refused by whoever asked.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had: an outage, not a bad token.</exception>
    ValueTask<IReadOnlyList<SecurityKey>> ResolveForIssuerAsync(string ring, string? issuer, string? keyId, CancellationToken cancellationToken = default) =>
        ResolveAsync(ring, keyId, cancellationToken);
}
