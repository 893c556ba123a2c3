using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>A private key (EC or RSA) that signs tokens, and the public key that is published for it. The private key is not exposed.</summary>
internal sealed class KeyPair : SigningKey
{
    private const int RsaBits = 2048;

    private readonly Lock _gate = new();
    private readonly AsymmetricAlgorithm _key;
    private readonly ConcurrentBag<AsymmetricAlgorithm> _idle = [];
    private bool _isBound;

    /// <param name="key">An <see cref="ECDsa"/> or <see cref="RSA"/> object with a private key. The key pair becomes the owner of the object.</param>
    /// <param name="algorithm">The algorithm of an RSA key: RS256 or PS256. The parameter is ignored for an EC key, because the curve determines its
    /// algorithm.</param>
    /// <param name="keyId">The key id. Default: the thumbprint of the key (RFC 7638).</param>
    /// <exception cref="ArgumentException">The key is not permitted. The message contains the reason.</exception>
    public KeyPair(AsymmetricAlgorithm key, string algorithm, KeyId? keyId = null)
    {
        _key = key;
        Public = key switch
        {
            ECDsa ec => PublicKey.From(ec, keyId),
            RSA rsa => PublicKey.From(rsa, algorithm, keyId),
            _ => throw new ArgumentException("A key pair must be EC or RSA.", nameof(key)),
        };
        SignatureLength = KeyAlgorithms.SignatureLength(Public.SecurityKey);
    }

    public PublicKey Public { get; }

    public override KeyId KeyId => Public.KeyId;

    public override string Algorithm => Public.Algorithm;

    public override int SignatureLength { get; }

    /// <summary>Generates a new key pair for ES256 or RS256.</summary>
    public static KeyPair Generate(string algorithm) =>
        new(algorithm == SecurityAlgorithms.EcdsaSha256 ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(RsaBits), algorithm);

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        if (Rent() is not { } key)
        {
            lock (_gate) Sign(_key, data, signature);
            return;
        }

        Sign(key, data, signature);
        _idle.Add(key);
    }

    /// <summary>Returns a text with the key id and the algorithm, without the key.</summary>
    public override string ToString() => $"key pair {KeyId} for {Algorithm}";

    private void Sign(AsymmetricAlgorithm key, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var hash = Algorithm == SecurityAlgorithms.EcdsaSha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
        var padding = Algorithm == SecurityAlgorithms.RsaSsaPssSha256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        var written = key is RSA rsa
            ? rsa.SignData(data, signature, hash, padding)
            : ((ECDsa)key).SignData(data, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        if (written != signature.Length) throw new CryptographicException($"The signature of the {this} has {written} bytes.");
    }

    /// <summary>
    /// Returns a copy of the key that no other thread uses; <see langword="null"/> if the key cannot be copied. Copies are necessary because .NET
    /// does not guarantee that one object can sign on two threads at the same time.
    /// </summary>
    private AsymmetricAlgorithm? Rent()
    {
        if (_idle.TryTake(out var idle)) return idle;

        lock (_gate) return _isBound ? null : Copy();
    }

    private AsymmetricAlgorithm? Copy()
    {
        try
        {
            var bytes = _key.ExportPkcs8PrivateKey();
            AsymmetricAlgorithm copy = _key is RSA ? RSA.Create() : ECDsa.Create();
            copy.ImportPkcs8PrivateKey(bytes, out _);
            CryptographicOperations.ZeroMemory(bytes);
            return copy;
        }
        catch (CryptographicException)
        {
            // The private key cannot be exported, for example from a hardware device; signatures are made one at a time.
            _isBound = true;
            return null;
        }
    }
}
