using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A public RSA key with which the Microsoft.IdentityModel libraries verify signatures. The key verifies only signatures with one algorithm: RS256 or
/// PS256.
/// </summary>
internal sealed class RsaVerificationKey(RSAParameters numbers, string algorithm) : RsaSecurityKey(numbers), IOneAlgorithmKey
{
    private SignatureProvider? _verifier;

    public string[] Algorithms { get; } = [algorithm];

    public SignatureProvider Verifier => _verifier ??= CryptoProviderFactory.CreateForVerifying(this, Algorithms[0], cacheProvider: false);

    public string? Owner { get; set; }

    public override string ToString() => $"public key {KeyId}";
}
