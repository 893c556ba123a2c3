using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A public EC key with which the Microsoft.IdentityModel libraries verify signatures. The key verifies only signatures with the algorithm of its curve.
/// </summary>
internal sealed class EcVerificationKey(ECParameters point, string algorithm) : ECDsaSecurityKey(ECDsa.Create(point)), IOneAlgorithmKey
{
    private SignatureProvider? _verifier;

    public string[] Algorithms { get; } = [algorithm];

    public SignatureProvider Verifier => _verifier ??= CryptoProviderFactory.CreateForVerifying(this, Algorithms[0], cacheProvider: false);

    public string? Owner { get; set; }

    public override string ToString() => $"public key {KeyId}";
}
