using Microsoft.IdentityModel.Tokens;

namespace Rewt;

/// <summary>
/// Returns the keys that may verify the signature of a received token. A receiver calls the resolver for each token that the receiver has not
/// verified before. The default implementation keeps the keys of the namespace in memory, and reads Redis only when a token names an unknown key id.
/// </summary>
/// <remarks>
/// To take keys from another source, register another implementation. A key id alone does not identify a key, because each namespace, issuer and tenant
/// has its own keys. An implementation that caches keys must therefore use the whole <see cref="RewtKeyRequest"/> as the cache key. An implementation
/// that wraps the default implementation must pass the request on unchanged.
/// </remarks>
public interface IIssuerSigningKeyResolver
{
    /// <summary>Gets the keys that are currently permitted to verify a token.</summary>
    /// <param name="request">The namespace, and the values in the token that identify the key of the token.</param>
    /// <param name="cancellationToken">Cancels the wait for the keys. Other callers that wait for the same read of Redis are not affected.</param>
    /// <returns>A list with the key that has the requested key id. If the request has no key id, the list contains every key that may have signed the
    /// token. The list is empty if the key is unknown or revoked. If a returned key belongs to a service other than the issuer of the token, the
    /// receiver refuses the token.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable. The receiver then answers with status 503 instead of 401, because the
    /// token may be valid.</exception>
    ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default);
}
