using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Returns the algorithms that a key may verify with, and the length of its signatures. The key determines the algorithm, because a token must not
/// choose it (RFC 8725 §3.1).
/// </summary>
internal static class KeyAlgorithms
{
    private static readonly string[] Hmac = [SecurityAlgorithms.HmacSha256];
    private static readonly string[] Rsa = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    public static string[] Of(SecurityKey key) => key switch
    {
        IOneAlgorithmKey one => one.Algorithms,
        SymmetricSecurityKey => Hmac,
        RsaSecurityKey => Rsa,
        ECDsaSecurityKey { KeySize: 256 } => [SecurityAlgorithms.EcdsaSha256],
        ECDsaSecurityKey { KeySize: 384 } => [SecurityAlgorithms.EcdsaSha384],
        _ => [],
    };

    /// <summary>
    /// Returns the length of a signature by a key, in bytes (RFC 7518 §3.2 and §3.4, RFC 8017 §8.1.2 and §8.2.2). The length must be checked, because
    /// verifiers accept a PSS signature without its leading zeros.
    /// </summary>
    public static int SignatureLength(SecurityKey key) => key is SymmetricSecurityKey ? HMACSHA256.HashSizeInBytes : (key.KeySize + 7) / 8 * (key is ECDsaSecurityKey ? 2 : 1);
}
