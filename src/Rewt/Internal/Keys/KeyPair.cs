using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>A private key that signs, and the public key that is shown to others. The private one is in nothing that can be written down from here.</summary>
internal sealed class KeyPair : SigningKey
{
    private const int RsaBits = 2048;

    private readonly Lock _gate = new();
    private readonly AsymmetricAlgorithm _key;
    private readonly ConcurrentBag<AsymmetricAlgorithm> _idle = [];
    private bool _isBound;

    /// <param name="key">An <see cref="ECDsa"/> or an <see cref="RSA"/> with its private key; from now on this object's own.</param>
    /// <param name="algorithm">RS256 or PS256 for an RSA key; an EC key has one of its own.</param>
    /// <param name="keyId">The key id; the thumbprint (RFC 7638) where none is given.</param>
    /// <exception cref="ArgumentException">The key is none that may be used; the message says why.</exception>
    public KeyPair(AsymmetricAlgorithm key, string algorithm, string? keyId = null)
    {
        _key = key;
        Public = key switch
        {
            ECDsa ec => PublicKey.From(ec, keyId),
            RSA rsa => PublicKey.From(rsa, algorithm, keyId),
            _ => throw new ArgumentException("A key pair is EC or RSA.", nameof(key)),
        };
        SignatureLength = key is RSA ? key.KeySize / 8 : (key.KeySize + 7) / 8 * 2;
    }

    public PublicKey Public { get; }

    public override string KeyId => Public.KeyId;

    public override string Algorithm => Public.Algorithm;

    public override int SignatureLength { get; }

    /// <summary>Makes a new pair.</summary>
    public static KeyPair Generate(string algorithm) => new(
        algorithm switch
        {
            SecurityAlgorithms.EcdsaSha256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            SecurityAlgorithms.EcdsaSha384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            _ => RSA.Create(RsaBits),
        },
        algorithm);

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

    /// <summary>Names the key and never shows it.</summary>
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

    /// <summary>The platform does not promise that one object may sign on two threads, so each gets a copy; <see langword="null"/> where none can be made.</summary>
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
            // A key that its device keeps to itself signs one at a time.
            _isBound = true;
            return null;
        }
    }
}
