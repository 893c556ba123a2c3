using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>A key that verifies, with what signing and verifying need of it made once.</summary>
internal sealed class RingKey
{
    public RingKey(Secret secret)
    {
        Secret = secret;
        SecurityKey = new RingSecurityKey(secret);
        Candidates = [SecurityKey];
    }

    public Secret Secret { get; }

    public string KeyId => Secret.KeyId;

    public RingSecurityKey SecurityKey { get; }

    /// <summary>The answer to "which keys may verify this key id", made once so that a look-up allocates nothing.</summary>
    public IReadOnlyList<SecurityKey> Candidates { get; }

    /// <summary>Names the key and never shows it.</summary>
    public override string ToString() => Secret.ToString();
}
