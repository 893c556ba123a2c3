using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Rewt.Tests.Infrastructure;

/// <summary>An authority that issues certificates in code, also certificates that no authority should issue.</summary>
public sealed class TestAuthority
{
    private const int DnsTag = 2;
    private const int UriTag = 6;

    private readonly ECDsa _key;

    private TestAuthority(X509Certificate2 certificate, ECDsa key, TestAuthority? parent) => (Certificate, _key, Parent) = (certificate, key, parent);

    public X509Certificate2 Certificate { get; }

    public TestAuthority? Parent { get; }

    public string Pem => Certificate.ExportCertificatePem();

    public static TestAuthority Root(string name = "root", params X509Extension[] more)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key, [.. Rights(isAuthority: true), .. more]);
        var now = TimeProvider.System.GetUtcNow();
        return new TestAuthority(request.CreateSelfSigned(now.AddDays(-1), now.AddDays(10)), key, null);
    }

    /// <summary>An authority below this one, with the given extensions instead of the usual rights if there are any.</summary>
    public TestAuthority Below(string name, params X509Extension[] rights) => Below(name, ECCurve.NamedCurves.nistP256, rights);

    public TestAuthority Below(string name, ECCurve curve, params X509Extension[] rights)
    {
        var key = ECDsa.Create(curve);
        return new TestAuthority(Sign(Request(name, key, rights.Length > 0 ? rights : Rights(isAuthority: true)), key, TimeProvider.System.GetUtcNow().AddDays(5)), key, this);
    }

    /// <summary>A certificate that behaves as an authority.</summary>
    public TestAuthority Abuse(X509Certificate2 certificate) => new(certificate, certificate.GetECDsaPrivateKey()!, this);

    public X509Certificate2 Issue(params string[] names) => Issue(San(names));

    /// <summary>A certificate for a service, with its private key.</summary>
    public X509Certificate2 Issue(
        X509Extension? san, DateTimeOffset? from = null, DateTimeOffset? until = null, X509Extension[]? rights = null, bool isOutdated = false, string name = "workload")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X509Extension[] extensions = [.. rights ?? Rights(isAuthority: false), .. san is null ? [] : new[] { san }];
        return Sign(Request(name, key, extensions), key, until ?? TimeProvider.System.GetUtcNow().AddDays(1), from, isOutdated);
    }

    /// <summary>The revocation list of this authority in PEM.</summary>
    public string Revoke(params X509Certificate2[] certificates)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var certificate in certificates) builder.AddEntry(certificate);
        return Revoke(builder);
    }

    public string Revoke(CertificateRevocationListBuilder builder)
    {
        var issuer = Certificate.HasPrivateKey ? Certificate : Certificate.CopyWithPrivateKey(_key);
        return PemEncoding.WriteString("X509 CRL", builder.Build(issuer, 1, TimeProvider.System.GetUtcNow().AddDays(1), HashAlgorithmName.SHA256));
    }

    /// <summary>The intermediates that a service publishes with a certificate of this authority.</summary>
    public IEnumerable<byte[]> Intermediates()
    {
        for (var authority = this; authority.Parent is not null; authority = authority.Parent) yield return authority.Certificate.RawData;
    }

    /// <summary>The files that a helper writes: the chain in PEM and the key in PEM.</summary>
    public (string Chain, string Key) Files(X509Certificate2 certificate) => (
        string.Join('\n', new[] { certificate.RawData }.Concat(Intermediates()).Select(one => PemEncoding.WriteString("CERTIFICATE", one))),
        certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

    public static X509Extension[] Rights(bool isAuthority, int? pathLength = null, X509KeyUsageFlags? usage = null) =>
    [
        new X509BasicConstraintsExtension(isAuthority, pathLength is not null, pathLength ?? 0, critical: true),
        new X509KeyUsageExtension(usage ?? (isAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature), critical: true),
    ];

    public static X509Extension San(params string[] names) =>
        San([.. names.Select(name => (name.Contains("://", StringComparison.Ordinal) ? UriTag : DnsTag, Encoding.Latin1.GetBytes(name)))]);

    /// <summary>Names with any tags and bytes.</summary>
    public static X509Extension San((int Tag, byte[] Bytes)[] names, bool hasTail = false)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var (tag, bytes) in names) writer.WriteOctetString(bytes, new Asn1Tag(TagClass.ContextSpecific, tag));
        }

        return new X509Extension("2.5.29.17", hasTail ? [.. writer.Encode(), 5, 0] : writer.Encode(), critical: false);
    }

    /// <summary>Permits the names below one DNS name, or the URIs of one host.</summary>
    public static X509Extension Permit(string name, bool isUri)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, isUri ? UriTag : DnsTag));
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    private static CertificateRequest Request(string name, ECDsa key, X509Extension[] extensions)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions) request.CertificateExtensions.Add(extension);
        return request;
    }

    /// <summary>Signs without the checks of .NET, which refuses to issue what an adversary would.</summary>
    private X509Certificate2 Sign(CertificateRequest request, ECDsa key, DateTimeOffset until, DateTimeOffset? from = null, bool isOutdated = false) => request
        .Create(Certificate.SubjectName, isOutdated ? new Sha1Generator(_key) : X509SignatureGenerator.CreateForECDsa(_key), from ?? TimeProvider.System.GetUtcNow().AddHours(-1), until, RandomNumberGenerator.GetBytes(8).Prepend((byte)0x81).ToArray())
        .CopyWithPrivateKey(key);

    /// <summary>Signs with SHA-1, which .NET verifies but does not sign with any more.</summary>
    private sealed class Sha1Generator(ECDsa key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence()) writer.WriteObjectIdentifier("1.2.840.10045.4.1");
            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, new HashAlgorithmName("SHA1"), DSASignatureFormat.Rfc3279DerSequence);

        protected override System.Security.Cryptography.X509Certificates.PublicKey BuildPublicKey() => new(key);
    }
}
