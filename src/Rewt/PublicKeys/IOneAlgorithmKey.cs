using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A public key, in the form for the Microsoft.IdentityModel libraries, that verifies with exactly one algorithm. The libraries' own type of RSA key
/// would permit two.
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
