using Microsoft.IdentityModel.Tokens;

namespace Rewt;

/// <summary>
/// Returns the keys that may verify the signature of a received token. A receiver calls it for each token that it has not verified before; the
/// default implementation returns keys of the key ring cached from Redis, and reads Redis when a key id is unknown.
/// </summary>
/// <remarks>
/// Register another implementation to take keys from elsewhere. A key id alone does not identify a key: each namespace, issuer and tenant has its own
/// keys, so a cache needs the whole request as its key. An implementation that wraps the default one must pass the request on unchanged.
/// </remarks>
public interface IIssuerSigningKeyResolver
{
    /// <summary>Gets the keys that may verify a token now.</summary>
    /// <param name="request">The namespace, and the values of the token that identify its key.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller only.</param>
    /// <returns>The key with the id of the request. If the request has no key id, the few keys to try. An empty list if the key is unknown or revoked.
    /// The caller of this method refuses a key of another issuer.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable. This is an outage, not a bad token.</exception>
    ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default);
}
