using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The algorithms that a key may be used with (RFC 8725 §3.1). The token does not choose.</summary>
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
}
