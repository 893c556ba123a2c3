using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// The algorithm with which an authority signed a certificate or a revocation list: its hash and its padding. Only RSA and ECDSA with SHA-2 are
/// recognized. Callers must refuse any other algorithm, because .NET does not refuse SHA-1.
/// </summary>
internal sealed record CertificateSignatureAlgorithm(HashAlgorithmName Hash, RSASignaturePadding Padding)
{
    /// <summary>Parses an AlgorithmIdentifier (RFC 5280 §4.1.1.2). Returns <see langword="null"/> if the algorithm is not permitted.</summary>
    /// <exception cref="AsnContentException">The AlgorithmIdentifier is malformed.</exception>
    public static CertificateSignatureAlgorithm? Read(AsnReader reader) => reader.ReadObjectIdentifier() switch
    {
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => new(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => new(HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => new(HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        "1.2.840.113549.1.1.10" when PssHash(reader) is { } hash => new(hash, RSASignaturePadding.Pss),
        _ => null,
    };

    /// <summary>Returns the algorithm with which a certificate is signed; <see langword="null"/> if the algorithm is not permitted.</summary>
    public static CertificateSignatureAlgorithm? Of(ReadOnlyMemory<byte> certificate)
    {
        try
        {
            var parts = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
            parts.ReadEncodedValue();
            return Read(parts.ReadSequence());
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Returns the hash in the parameters of RSASSA-PSS (RFC 4055 §3.1). If the parameters name no hash, the hash is SHA-1.</summary>
    private static HashAlgorithmName? PssHash(AsnReader reader)
    {
        var first = new Asn1Tag(TagClass.ContextSpecific, 0);
        var parameters = reader.HasData ? reader.ReadSequence() : null;
        if (parameters is not { HasData: true } || !parameters.PeekTag().HasSameClassAndValue(first)) return null;
        return parameters.ReadSequence(first).ReadSequence().ReadObjectIdentifier() switch
        {
            "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
            "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
            "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
            _ => null,
        };
    }
}
