using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A shared secret as a key that signs and verifies tokens (HS256). All requests share one object for each secret. As long as the secret stays in the
/// key ring, new snapshots reuse this object, so that data that are cached for the object stay valid.
/// </summary>
internal sealed class RingKey : SigningKey
{
    public RingKey(Secret secret)
        : this(new RingSecurityKey(secret))
    {
    }

    public RingKey(RingSecurityKey key) => (SecurityKey, Candidates) = (key, [key]);

    public Secret Secret => SecurityKey.Secret;

    public override KeyId KeyId => Secret.KeyId;

    public override string Algorithm => SecurityAlgorithms.HmacSha256;

    public override int SignatureLength => HMACSHA256.HashSizeInBytes;

    public RingSecurityKey SecurityKey { get; }

    /// <summary>A list that contains only the key object of this secret. The list is created once, so that a lookup allocates no memory.</summary>
    public IReadOnlyList<SecurityKey> Candidates { get; }

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature) => SecurityKey.Sign(data, signature);

    /// <summary>Returns a text with the key id, without the secret.</summary>
    public override string ToString() => Secret.ToString();
}
