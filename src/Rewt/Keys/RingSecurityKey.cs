using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A shared secret as a key of the Microsoft.IdentityModel libraries, for signing and verifying with HS256. Unlike their own
/// <see cref="SymmetricSecurityKey"/>, it does not expose a hash of the secret.
/// </summary>
internal class RingSecurityKey : SymmetricSecurityKey
{
    /// <summary>The default factory's cache would hold a retired secret until the process ends.</summary>
    private static readonly CryptoProviderFactory Uncached = new() { CacheSignatureProviders = false };

    /// <summary>A reusable hash, whose key schedule is already computed.</summary>
    private IncrementalHash? _idle;

    private bool _isUsed;

    public RingSecurityKey(Secret secret)
        : base(secret.CopyBytes())
    {
        Secret = secret;
        KeyId = secret.KeyId;
        CryptoProviderFactory = Uncached;
    }

    public Secret Secret { get; }

    public sealed override string KeyId { get; set; }

    /// <summary>
    /// Computes HMAC-SHA256 (RFC 7518 §3.2) with the reusable hash, or with a new one if another thread is using it. The first use needs none: the key that is
    /// derived for a forged token is not used again.
    /// </summary>
    public void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        if (!_isUsed)
        {
            _isUsed = true;
            HMACSHA256.HashData(Secret.Bytes, data, signature);
            return;
        }

        var hash = Interlocked.Exchange(ref _idle, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Secret.Bytes);
        hash.AppendData(data);
        hash.GetHashAndReset(signature);
        // If two threads return a hash, the second replaces the first, which is disposed.
        Interlocked.Exchange(ref _idle, hash)?.Dispose();
    }

    /// <summary>Returns the key id, never the secret.</summary>
    public override string ToString() => Secret.ToString();
}
