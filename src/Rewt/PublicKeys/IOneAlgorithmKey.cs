using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A public key that verifies only signatures with one algorithm. The RSA key type of Microsoft.IdentityModel permits both RS256 and PS256. The key has a
/// thread-safe verifier of its own, so that the cache of Microsoft.IdentityModel is not used.
/// </summary>
internal interface IOneAlgorithmKey
{
    /// <summary>The only permitted algorithm (RFC 7518 §3.1), as a list with one element.</summary>
    string[] Algorithms { get; }

    /// <summary>
    /// The thread-safe verifier of the key, which exists as long as the key. The cache of Microsoft.IdentityModel would create a string for each
    /// lookup, and would never release the verifier.
    /// </summary>
    SignatureProvider Verifier { get; }

    /// <summary>
    /// The only issuer whose tokens the key verifies; <see langword="null"/> for a key that all issuers of a namespace share. The issuer is a property
    /// of the key object, so that the issuer is also known if a resolver of the application returns the key.
    /// </summary>
    string? Owner { get; set; }
}
