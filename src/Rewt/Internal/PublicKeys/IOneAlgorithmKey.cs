using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>A key that says which one algorithm it is for; a type alone leaves an RSA key a choice.</summary>
internal interface IOneAlgorithmKey
{
    /// <summary>The algorithm (RFC 7518 §3.1), alone in its list.</summary>
    string[] Algorithms { get; }

    /// <summary>Checks signatures, on any thread. Lives as long as the key: the library would look for one of its own by a text that it composes each time, and keep it for good.</summary>
    SignatureProvider Verifier { get; }
}
