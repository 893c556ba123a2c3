using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>A ring's secret as the identity libraries know a key; unlike their own it shows no hash of the secret.</summary>
internal sealed class RingSecurityKey : SymmetricSecurityKey
{
    /// <summary>The default one's cache would keep a retired secret alive for the life of the process.</summary>
    private static readonly CryptoProviderFactory Uncached = new() { CacheSignatureProviders = false };

    public RingSecurityKey(Secret secret)
        : base(secret.CopyBytes())
    {
        (Secret, Hmac) = (secret, new HmacPool(secret));
        KeyId = secret.KeyId;
        CryptoProviderFactory = Uncached;
    }

    public Secret Secret { get; }

    public HmacPool Hmac { get; }

    /// <summary>Names the key and never shows it.</summary>
    public override string ToString() => Secret.ToString();
}
