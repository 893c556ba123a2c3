using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rewt.Internal;

/// <summary>
/// A certificate revocation list (CRL, RFC 5280 §5) from a configured file. <see cref="AttestationPolicy"/> refuses the certificates in the list. The
/// list is used as long as it is configured, even after the date of its next update. A list that is overdue or applies to no certificate is only
/// reported to an operator.
/// </summary>
internal sealed class RevocationList
{
    /// <summary>The maximum size of a file, in bytes. The revocation list of a large company can be several megabytes long.</summary>
    public const int MaximumBytes = 16 * 1024 * 1024;

    private readonly byte[] _hashed;
    private readonly byte[] _signature;
    private readonly CertificateSignatureAlgorithm _algorithm;
    private readonly HashSet<string> _serials = new(StringComparer.Ordinal);

    /// <exception cref="AsnContentException">The list is malformed.</exception>
    private RevocationList(byte[] content, string file)
    {
        File = file;
        var list = new AsnReader(content, AsnEncodingRules.DER).ReadSequence();
        var signed = list.PeekEncodedValue();
        var body = list.ReadSequence();
        _algorithm = CertificateSignatureAlgorithm.Read(list.ReadSequence()) ?? throw new AsnContentException("The signature algorithm is not supported.");
        _hashed = CryptographicOperations.HashData(_algorithm.Hash, signed.Span);
        _signature = list.ReadBitString(out _);
        if (body.PeekTag() == Asn1Tag.Integer) body.ReadInteger();
        body.ReadSequence();
        Issuer = TextOf(new X500DistinguishedName(body.ReadEncodedValue().Span));
        body.ReadEncodedValue();
        NextUpdate = ReadTime(body);
        if (!body.HasData || body.PeekTag() != Asn1Tag.Sequence) return;

        var revoked = body.ReadSequence();
        while (revoked.HasData) _serials.Add(Convert.ToHexString(revoked.ReadSequence().ReadIntegerBytes().Span));
    }

    /// <summary>The name of the file that contains the list.</summary>
    public string File { get; }

    /// <summary>
    /// The name of the issuer, converted to text. Names are compared as text, because a list and a certificate of the same authority may encode the
    /// name differently (as PrintableString or UTF8String, RFC 5280 §7.1).
    /// </summary>
    public string Issuer { get; }

    /// <summary>The date of the next update; <see langword="null"/> if the list has none.</summary>
    public DateTimeOffset? NextUpdate { get; }

    /// <summary>Reads all revocation lists in a PEM text.</summary>
    /// <exception cref="PublicKeySourceException">The text cannot be used. The message contains the reason.</exception>
    public static IReadOnlyList<RevocationList> Read(byte[] content, string name)
    {
        var lists = new List<RevocationList>();
        var text = ConfiguredFile.TextOf(content);
        PublicKeyPem.CheckBlocks(text, name);
        var rest = text.AsSpan();
        try
        {
            while (PemEncoding.TryFind(rest, out var fields))
            {
                if (rest[fields.Label] is "X509 CRL")
                {
                    var list = new byte[fields.DecodedDataLength];
                    Convert.TryFromBase64Chars(rest[fields.Base64Data], list, out _);
                    lists.Add(new RevocationList(list, name));
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

    /// <summary>
    /// Returns whether the list contains the certificate, and was issued by the issuer of the certificate. After an authority has changed its key, its
    /// list is signed with the new key, so a list may also be signed by a configured authority with the name of the issuer.
    /// </summary>
    public bool Revokes(X509Certificate2 certificate, X509Certificate2 issuer, X509Certificate2Collection authorities) =>
        _serials.Contains(Convert.ToHexString(certificate.SerialNumberBytes.Span))
        && HasNameOf(issuer)
        && (IsSignedBy(issuer) || authorities.Any(authority => HasNameOf(authority) && IsSignedBy(authority)));

    /// <summary>
    /// Returns whether the list certainly applies to no certificate. This is the case if a configured authority has the name of the list's issuer,
    /// but no authority with this name has signed the list. If no configured authority has the name, the list may be from an intermediate authority,
    /// whose certificate is not configured but published by the services.
    /// </summary>
    public bool IsForeign(X509Certificate2Collection authorities)
    {
        var named = authorities.Where(HasNameOf).ToList();
        try
        {
            return named.Count > 0 && !named.Exists(IsSignedBy);
        }
        catch (CryptographicException)
        {
            // With a key that cannot be read, it is unknown who has signed the list.
            return false;
        }
    }

    private bool HasNameOf(X509Certificate2 issuer) => Issuer.Equals(TextOf(issuer.SubjectName), StringComparison.OrdinalIgnoreCase);

    private static string TextOf(X500DistinguishedName name)
    {
        try
        {
            return name.Name;
        }
        catch (CryptographicException)
        {
            return Convert.ToHexString(name.RawData);
        }
    }

    /// <summary>Reads an optional time. A time that is not valid DER is ignored, because the time is used only for reports.</summary>
    private static DateTimeOffset? ReadTime(AsnReader body)
    {
        if (!body.HasData || body.PeekTag() is not { TagClass: TagClass.Universal, TagValue: (int)UniversalTagNumber.UtcTime or (int)UniversalTagNumber.GeneralizedTime } tag) return null;

        var time = new AsnReader(body.ReadEncodedValue(), AsnEncodingRules.DER);
        try
        {
            return tag.TagValue == (int)UniversalTagNumber.UtcTime ? time.ReadUtcTime() : time.ReadGeneralizedTime();
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private bool IsSignedBy(X509Certificate2 issuer)
    {
        using var rsa = issuer.GetRSAPublicKey();
        if (rsa is not null) return rsa.VerifyHash(_hashed, _signature, _algorithm.Hash, _algorithm.Padding);

        using var ecdsa = issuer.GetECDsaPublicKey();
        return ecdsa?.VerifyHash(_hashed, _signature, DSASignatureFormat.Rfc3279DerSequence) == true;
    }
}
