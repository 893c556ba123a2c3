using Microsoft.IdentityModel.Tokens;

namespace Rewt;

/// <summary>
/// Finds the keys that may verify a token. The default implementation uses the key ring cached from Redis, and reads Redis when a key id is unknown.
/// Register another implementation to take keys from elsewhere.
/// </summary>
public interface IIssuerSigningKeyResolver
{
    /// <summary>Gets the keys that may verify a token now.</summary>
    /// <param name="ring">The key ring that the token belongs to: the namespace; with tenants the namespace, a slash and the tenant, which is
    /// not verified yet.</param>
    /// <param name="keyId">The token's <c>kid</c> (RFC 7515 §4.1.4), or <see langword="null"/> for a token that names none.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller only.</param>
    /// <returns>The key with the id <paramref name="keyId"/>; the few keys to try when it is <see langword="null"/>; an empty list when the key is
    /// unknown or revoked.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable. This is an outage, not a bad token.</exception>
    ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(string ring, string? keyId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gets the keys that may verify a token of an issuer now. Where services have their own key pairs, the issuer determines which keys are read. A
    /// resolver that does not distinguish issuers need not implement this method.
    /// </summary>
    /// <param name="ring">The key ring that the token belongs to: the namespace.</param>
    /// <param name="issuer">The token's <c>iss</c> (RFC 7519 §4.1.1), not verified yet; <see langword="null"/> for a token without one.</param>
    /// <param name="keyId">The token's <c>kid</c> (RFC 7515 §4.1.4), or <see langword="null"/> for a token that names none.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller only.</param>
    /// <returns>The keys, as for <see cref="ResolveAsync"/>. The caller refuses keys of another issuer.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable. This is an outage, not a bad token.</exception>
    ValueTask<IReadOnlyList<SecurityKey>> ResolveForIssuerAsync(string ring, string? issuer, string? keyId, CancellationToken cancellationToken = default) =>
        ResolveAsync(ring, keyId, cancellationToken);
}
