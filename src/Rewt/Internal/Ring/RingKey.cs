using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>A shared secret that signs and verifies, with what both need of it made once.</summary>
internal sealed class RingKey : SigningKey
{
    public RingKey(Secret secret)
    {
        Secret = secret;
        SecurityKey = new RingSecurityKey(secret);
        Candidates = [SecurityKey];
    }

    public Secret Secret { get; }

    public override string KeyId => Secret.KeyId;

    public override string Algorithm => SecurityAlgorithms.HmacSha256;

    public override int SignatureLength => HMACSHA256.HashSizeInBytes;

    public RingSecurityKey SecurityKey { get; }

    /// <summary>The answer to "which keys may verify this key id", made once so that a look-up allocates nothing.</summary>
    public IReadOnlyList<SecurityKey> Candidates { get; }

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature) => SecurityKey.Sign(data, signature);

    /// <summary>Names the key and never shows it.</summary>
    public override string ToString() => Secret.ToString();
}
