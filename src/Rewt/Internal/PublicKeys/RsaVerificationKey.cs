using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The public half of an RSA key pair as the identity libraries know a key, for PKCS #1 v1.5 or PSS and not for both.</summary>
internal sealed class RsaVerificationKey(RSAParameters numbers, string algorithm) : RsaSecurityKey(numbers), IOneAlgorithmKey
{
    private SignatureProvider? _verifier;

    public string[] Algorithms { get; } = [algorithm];

    public SignatureProvider Verifier => _verifier ??= CryptoProviderFactory.CreateForVerifying(this, Algorithms[0], cacheProvider: false);

    public override string ToString() => $"public key {KeyId}";
}
