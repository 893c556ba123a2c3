using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// A certificate revocation list (CRL, RFC 5280 §5) from a configured file, with which <see cref="AttestationPolicy"/> refuses revoked certificates.
/// The list is used as long as it is configured, even after the date of its next update.
/// </summary>
internal sealed class RevocationList
{
    /// <summary>The maximum size of a file, in bytes. The revocation lists of companies can have several megabytes.</summary>
    public const int MaximumBytes = 16 * 1024 * 1024;

    private readonly byte[] _issuer;
    private readonly byte[] _hashed;
    private readonly byte[] _signature;
    private readonly CertificateSignatureAlgorithm _algorithm;
    private readonly HashSet<string> _serials = new(StringComparer.Ordinal);

    /// <exception cref="AsnContentException">The list is malformed.</exception>
    private RevocationList(byte[] content)
    {
        var list = new AsnReader(content, AsnEncodingRules.DER).ReadSequence();
        var signed = list.PeekEncodedValue();
        var body = list.ReadSequence();
        _algorithm = CertificateSignatureAlgorithm.Read(list.ReadSequence()) ?? throw new AsnContentException("The signature algorithm is not supported.");
        _hashed = CryptographicOperations.HashData(_algorithm.Hash, signed.Span);
        _signature = list.ReadBitString(out _);
        if (body.PeekTag() == Asn1Tag.Integer) body.ReadInteger();
        body.ReadSequence();
        _issuer = body.ReadEncodedValue().ToArray();
        body.ReadEncodedValue();
        if (body.HasData && body.PeekTag() is { TagClass: TagClass.Universal, TagValue: (int)UniversalTagNumber.UtcTime or (int)UniversalTagNumber.GeneralizedTime }) body.ReadEncodedValue();
        if (!body.HasData || body.PeekTag() != Asn1Tag.Sequence) return;

        var revoked = body.ReadSequence();
        while (revoked.HasData) _serials.Add(Convert.ToHexString(revoked.ReadSequence().ReadIntegerBytes().Span));
    }

    /// <summary>Reads all revocation lists in a PEM text.</summary>
    /// <exception cref="PublicKeySourceException">The text cannot be used. The message contains the reason.</exception>
    public static IReadOnlyList<RevocationList> Read(byte[] content, string name)
    {
        var lists = new List<RevocationList>();
        var rest = Encoding.UTF8.GetString(content).AsSpan();
        try
        {
            while (PemEncoding.TryFind(rest, out var fields))
            {
                if (rest[fields.Label] is "X509 CRL")
                {
                    var list = new byte[fields.DecodedDataLength];
                    Convert.TryFromBase64Chars(rest[fields.Base64Data], list, out _);
                    lists.Add(new RevocationList(list));
                }

                rest = rest[fields.Location.End..];
            }
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            throw new PublicKeySourceException($"{name} contains a malformed revocation list", exception);
        }

        return lists.Count > 0 ? lists : throw new PublicKeySourceException($"{name} contains no revocation list in PEM format (X509 CRL)");
    }

    /// <summary>Returns whether the list was issued by the given issuer and contains the certificate.</summary>
    public bool Revokes(X509Certificate2 certificate, X509Certificate2 issuer) =>
        _issuer.AsSpan().SequenceEqual(issuer.SubjectName.RawData)
        && _serials.Contains(Convert.ToHexString(certificate.SerialNumberBytes.Span))
        && IsSignedBy(issuer);

    private bool IsSignedBy(X509Certificate2 issuer)
    {
        using var rsa = issuer.GetRSAPublicKey();
        if (rsa is not null) return rsa.VerifyHash(_hashed, _signature, _algorithm.Hash, _algorithm.Padding);

        using var ecdsa = issuer.GetECDsaPublicKey();
        return ecdsa?.VerifyHash(_hashed, _signature, DSASignatureFormat.Rfc3279DerSequence) == true;
    }
}
