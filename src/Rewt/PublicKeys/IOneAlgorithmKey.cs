using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A public key that verifies exactly one algorithm: the library's own RSA key type would permit both RS256 and PS256. It keeps its own thread-safe
/// verifier, so that the cache of the library is not used.
/// </summary>
internal interface IOneAlgorithmKey
{
    /// <summary>The algorithm (RFC 7518 §3.1) as a list of one element.</summary>
    string[] Algorithms { get; }

    /// <summary>
    /// Verifies signatures and is thread-safe. It lives as long as the key: the library's cache would compose a key string for each lookup, and would
    /// keep the provider permanently.
    /// </summary>
    SignatureProvider Verifier { get; }
}
