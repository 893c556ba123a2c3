using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Rewt.Tests.Infrastructure;

/// <summary>A certificate authority in code. It also issues certificates that no authority should issue.</summary>
public sealed class TestAuthority
{
    private const int DnsTag = 2;
    private const int UriTag = 6;

    private readonly AsymmetricAlgorithm _key;

    private TestAuthority(X509Certificate2 certificate, AsymmetricAlgorithm key, TestAuthority? parent) => (Certificate, _key, Parent) = (certificate, key, parent);

    public X509Certificate2 Certificate { get; }

    public TestAuthority? Parent { get; }

    public string Pem => Certificate.ExportCertificatePem();

    public static TestAuthority Root(string name = "root", params X509Extension[] more) => Root(TimeProvider.System.GetUtcNow().AddDays(10), name, more);

    public static TestAuthority Root(DateTimeOffset until, string name, params X509Extension[] more)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName($"CN={name}");
        var certificate = Request(name, key, [.. Rights(isAuthority: true), .. more]).Create(subject, X509SignatureGenerator.CreateForECDsa(key), until.AddDays(-11), until, [1]);
        return new TestAuthority(certificate.CopyWithPrivateKey(key), key, null);
    }

    /// <summary>Creates an intermediate authority. Extensions in <paramref name="rights"/> replace the usual basic constraints and key usage.</summary>
    public TestAuthority Intermediate(string name, params X509Extension[] rights) => Intermediate(name, ECDsa.Create(ECCurve.NamedCurves.nistP256), rights);

    public TestAuthority Intermediate(string name, AsymmetricAlgorithm key, X509Extension[] rights, DateTimeOffset? from = null, DateTimeOffset? until = null, string? outdatedHash = null) =>
        new(Sign(Request(name, key, rights.Length > 0 ? rights : Rights(isAuthority: true)), until ?? TimeProvider.System.GetUtcNow().AddDays(5), from, outdatedHash), key, this);

    /// <summary>Returns this authority with a certificate that another authority issued for the same name and key.</summary>
    public TestAuthority CrossSignedBy(TestAuthority other, DateTimeOffset? from = null) => new(
        other.Sign(new CertificateRequest(Certificate.SubjectName, (ECDsa)_key, HashAlgorithmName.SHA256) { CertificateExtensions = { Rights(true)[0], Rights(true)[1] } }, TimeProvider.System.GetUtcNow().AddDays(5), from), _key, other);

    /// <summary>Uses an ordinary certificate as an authority.</summary>
    public TestAuthority AsAuthority(X509Certificate2 certificate) => new(certificate, certificate.GetECDsaPrivateKey()!, this);

    public X509Certificate2 Issue(params string[] names) => Issue(San(names));

    /// <summary>Issues a certificate with its private key to a service.</summary>
    public X509Certificate2 Issue(
        X509Extension? san, DateTimeOffset? from = null, DateTimeOffset? until = null, X509Extension[]? rights = null, string? outdatedHash = null, string name = "workload", AsymmetricAlgorithm? key = null)
    {
        key ??= ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X509Extension[] extensions = [.. rights ?? Rights(isAuthority: false), .. san is null ? [] : new[] { san }];
        var certificate = Sign(Request(name, key, extensions), until ?? TimeProvider.System.GetUtcNow().AddDays(1), from, outdatedHash);
        return key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
    }

    /// <summary>Replaces bytes in a certificate of this authority and signs it again, or keeps the original signature.</summary>
    public X509Certificate2 Alter(X509Certificate2 certificate, byte[] bytes, byte[] replacement, bool isSigned)
    {
        var parts = new AsnReader(certificate.RawData, AsnEncodingRules.DER).ReadSequence();
        var signed = parts.ReadEncodedValue().ToArray();
        var place = signed.AsSpan().LastIndexOf(bytes);
        replacement.CopyTo(signed.AsSpan(place, bytes.Length));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(signed);
            writer.WriteEncodedValue(parts.ReadEncodedValue().Span);
            if (isSigned) writer.WriteBitString(((ECDsa)_key).SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
            else writer.WriteEncodedValue(parts.ReadEncodedValue().Span);
        }

        return X509CertificateLoader.LoadCertificate(writer.Encode()).CopyWithPrivateKey(certificate.GetECDsaPrivateKey()!);
    }

    /// <summary>Returns a certificate revocation list of this authority in PEM format.</summary>
    public string Revoke(params X509Certificate2[] certificates)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var certificate in certificates) builder.AddEntry(certificate);
        return Revoke(builder);
    }

    public string Revoke(CertificateRevocationListBuilder builder, DateTimeOffset? nextUpdate = null)
    {
        var issuer = Certificate.HasPrivateKey ? Certificate : Certificate.CopyWithPrivateKey((ECDsa)_key);
        return PemEncoding.WriteString("X509 CRL", builder.Build(issuer, 1, nextUpdate ?? TimeProvider.System.GetUtcNow().AddDays(1), HashAlgorithmName.SHA256, thisUpdate: TimeProvider.System.GetUtcNow().AddYears(-1)));
    }

    /// <summary>Returns the intermediate certificates that a service publishes with a certificate of this authority.</summary>
    public IEnumerable<byte[]> Intermediates()
    {
        for (var authority = this; authority.Parent is not null; authority = authority.Parent) yield return authority.Certificate.RawData;
    }

    /// <summary>Returns the certificate chain and the private key in PEM format, as a certificate agent writes them to files.</summary>
    public (string Chain, string Key) PemFiles(X509Certificate2 certificate) => (
        string.Join('\n', new[] { certificate.RawData }.Concat(Intermediates()).Select(data => PemEncoding.WriteString("CERTIFICATE", data))),
        ((AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()!).ExportPkcs8PrivateKeyPem());

    public static X509Extension[] Rights(bool isAuthority, int? pathLength = null, X509KeyUsageFlags? usage = null) =>
    [
        new X509BasicConstraintsExtension(isAuthority, pathLength is not null, pathLength ?? 0, critical: true),
        new X509KeyUsageExtension(usage ?? (isAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature), critical: true),
    ];

    public static X509Extension San(params string[] names) =>
        San([.. names.Select(name => (name.Contains("://", StringComparison.Ordinal) ? UriTag : DnsTag, Encoding.Latin1.GetBytes(name)))]);

    /// <summary>Returns subject alternative names with any tags and bytes.</summary>
    public static X509Extension San((int Tag, byte[] Bytes)[] names, bool hasTail = false)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var (tag, bytes) in names) writer.WriteOctetString(bytes, new Asn1Tag(TagClass.ContextSpecific, tag));
        }

        return new X509Extension("2.5.29.17", hasTail ? [.. writer.Encode(), 5, 0] : writer.Encode(), critical: false);
    }

    /// <summary>Returns name constraints that permit or exclude the names below one DNS name or the URIs of one host.</summary>
    public static X509Extension NameConstraints(string name, bool isUri, bool isExcluded = false)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, isExcluded ? 1 : 0)))
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, isUri ? UriTag : DnsTag));
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    private static CertificateRequest Request(string name, AsymmetricAlgorithm key, X509Extension[] extensions)
    {
        // Uses the encoded key because .NET creates no request from an EC key with explicit parameters.
        var encoded = System.Security.Cryptography.X509Certificates.PublicKey.CreateFromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo(), out _);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={name}"), encoded, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        foreach (var extension in extensions) request.CertificateExtensions.Add(extension);
        return request;
    }

    /// <summary>Signs without the checks of .NET, which would refuse to issue an attacker's certificate.</summary>
    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset until, DateTimeOffset? from = null, string? outdatedHash = null)
    {
        var generator = outdatedHash is not null ? new OutdatedGenerator(_key, outdatedHash)
            : _key is RSA rsa ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
            : X509SignatureGenerator.CreateForECDsa((ECDsa)_key);
        return request.Create(Certificate.SubjectName, generator, from ?? TimeProvider.System.GetUtcNow().AddHours(-1), until, RandomNumberGenerator.GetBytes(8).Prepend((byte)0x81).ToArray());
    }

    /// <summary>Signs with SHA-1 or MD5, which .NET still verifies but no longer uses for signing.</summary>
    private sealed class OutdatedGenerator(AsymmetricAlgorithm key, string hash) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(key is ECDsa ? "1.2.840.10045.4.1" : hash == "MD5" ? "1.2.840.113549.1.1.4" : "1.2.840.113549.1.1.5");
                if (key is RSA) writer.WriteNull();
            }

            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key is RSA rsa
            ? rsa.SignData(data, new HashAlgorithmName(hash), RSASignaturePadding.Pkcs1)
            : ((ECDsa)key).SignData(data, new HashAlgorithmName(hash), DSASignatureFormat.Rfc3279DerSequence);

        protected override System.Security.Cryptography.X509Certificates.PublicKey BuildPublicKey() => key is RSA rsa ? new(rsa) : new((ECDsa)key);
    }
}
