using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A shared secret as a key that signs and verifies tokens (HS256). All requests share one object. The next snapshot uses the same object as long as
/// the secret stays in the key ring, so that cached results of the key stay valid.
/// </summary>
internal sealed class RingKey : SigningKey
{
    public RingKey(Secret secret)
        : this(new RingSecurityKey(secret))
    {
    }

    public RingKey(RingSecurityKey key) => (SecurityKey, Candidates) = (key, [key]);

    public Secret Secret => SecurityKey.Secret;

    public override string KeyId => Secret.KeyId;

    public override string Algorithm => SecurityAlgorithms.HmacSha256;

    public override int SignatureLength => HMACSHA256.HashSizeInBytes;

    public RingSecurityKey SecurityKey { get; }

    /// <summary>The list that contains only the key object of this secret. The list is created once, so that a lookup allocates no memory.</summary>
    public IReadOnlyList<SecurityKey> Candidates { get; }

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature) => SecurityKey.Sign(data, signature);

    /// <summary>Returns a text with the key id, without the secret.</summary>
    public override string ToString() => Secret.ToString();
}
