using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A shared secret as a key object of the Microsoft.IdentityModel libraries, for signing and verifying with HS256. Unlike
/// <see cref="SymmetricSecurityKey"/>, it does not expose a hash of the secret.
/// </summary>
internal class RingSecurityKey : SymmetricSecurityKey
{
    /// <summary>A factory without a cache. The cache of the default factory would keep a retired secret in memory until the process ends.</summary>
    private static readonly CryptoProviderFactory Uncached = new() { CacheSignatureProviders = false };

    /// <summary>A reusable hash object, which has already processed the key; <see langword="null"/> while a thread is using it.</summary>
    private IncrementalHash? _idle;

    private bool _isUsed;

    public RingSecurityKey(Secret secret)
        : base(secret.CopyBytes())
    {
        Secret = secret;
        KeyId = secret.KeyId.ToString();
        CryptoProviderFactory = Uncached;
    }

    public Secret Secret { get; }

    public sealed override string KeyId { get; set; }

    /// <summary>
    /// Computes HMAC-SHA256 (RFC 7518 §3.2) with the reusable hash object, or with a new hash object if another thread is using it. The first
    /// computation uses the static method of <see cref="HMACSHA256"/> instead, because a hash object would be wasted on a key that is derived for a
    /// forged token and used only once.
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

    /// <summary>Returns a text with the key id, without the secret.</summary>
    public override string ToString() => Secret.ToString();
}
