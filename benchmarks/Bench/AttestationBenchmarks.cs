using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using Rewt.Internal;

namespace Rewt.Benchmarks;

/// <summary>
/// Measures the check of one newly published public key with an attestation, which a receiver does once for each key: the first key of a certificate, and a
/// further one, for which the chain of the certificate is not checked again.
/// </summary>
public class AttestationBenchmarks
{
    private const string Service = "orders";

    private readonly KeyPair _pair = KeyPair.Generate("ES256");
    private readonly StoreTime _now = StoreTime.From(TimeProvider.System.GetUtcNow());
    private X509Certificate2 _root = null!;
    private AttestationPolicy _policy = null!;
    private string _direct = null!;
    private string _indirect = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var (from, until) = (_now.ToDateTimeOffset().AddHours(-1), _now.ToDateTimeOffset().AddDays(30));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=root", rootKey).CreateSelfSigned(from, until);
        using var intermediate = Authority("CN=between", intermediateKey).Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), from, until, [1]);
        _direct = Attest(root.SubjectName, rootKey, from, until);
        _indirect = Attest(intermediate.SubjectName, intermediateKey, from, until, intermediate.RawData);
        _root = X509CertificateLoader.LoadCertificate(root.RawData);
        _policy = NewPolicy();
        if (!Direct() || !WithOneIntermediate() || !FurtherKey()) throw new InvalidOperationException("The benchmarked operation does not work.");
    }

    [Benchmark]
    public bool Direct() => Check(NewPolicy(), _direct);

    [Benchmark]
    public bool WithOneIntermediate() => Check(NewPolicy(), _indirect);

    [Benchmark]
    public bool FurtherKey() => Check(_policy, _indirect);

    private AttestationPolicy NewPolicy() => new([_root], [], new RewtIdentityOptions());

    private bool Check(AttestationPolicy policy, string attestation) => policy.Check(_pair.Public, attestation, new("rewt", Service), _now, null, out _) is not null;

    private string Attest(X500DistinguishedName issuer, ECDsa issuerKey, DateTimeOffset from, DateTimeOffset until, params byte[][] intermediates)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=leaf", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://prod.example/ns/shop/sa/" + Service));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        using var leaf = request.Create(issuer, X509SignatureGenerator.CreateForECDsa(issuerKey), from, until, [2]);
        var end = _now + TimeSpan.FromDays(7);
        var signature = key.SignData(Attestation.Statement(new("rewt", Service), _now, end, _pair.Public), HashAlgorithmName.SHA256);
        return new Attestation(new("rewt", Service), _now, end, [leaf.RawData, .. intermediates], Base64Url.EncodeToString(signature)).ToJson();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }
}
