using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>A ring's secret as the identity libraries know a key; unlike their own it shows no hash of the secret.</summary>
internal sealed class RingSecurityKey : SymmetricSecurityKey
{
    /// <summary>The default one's cache would keep a retired secret alive for the life of the process.</summary>
    private static readonly CryptoProviderFactory Uncached = new() { CacheSignatureProviders = false };

    /// <summary>Its key schedule is worked out once.</summary>
    private IncrementalHash? _idle;

    public RingSecurityKey(Secret secret)
        : base(secret.CopyBytes())
    {
        Secret = secret;
        KeyId = secret.KeyId;
        CryptoProviderFactory = Uncached;
    }

    public Secret Secret { get; }

    /// <summary>HMAC-SHA256 (RFC 7518 §3.2): a hash at hand for whoever comes, a new one for those who come at the same time.</summary>
    public void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var hash = Interlocked.Exchange(ref _idle, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Secret.Bytes);
        hash.AppendData(data);
        hash.GetHashAndReset(signature);
        // Of two that come back at once the second goes.
        Interlocked.Exchange(ref _idle, hash)?.Dispose();
    }

    /// <summary>Names the key and never shows it.</summary>
    public override string ToString() => Secret.ToString();
}
