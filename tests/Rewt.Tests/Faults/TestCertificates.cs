using System.Security.Cryptography.X509Certificates;

namespace Rewt.Tests.Faults;

/// <summary>Creates a certificate authority, a certificate for a loopback server and a client certificate, as files for the server.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly ScratchDirectory _files = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestCertificates()
    {
        var request = new CertificateRequest("CN=Authority of a test", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        Authority = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        _files.Write("authority.pem", Authority.ExportCertificatePem());
        Client = Issue("CN=orders", "1.3.6.1.5.5.7.3.2");
        using var server = Issue("CN=localhost", "1.3.6.1.5.5.7.3.1");
        _files.Write("server.pem", server.ExportCertificatePem());
        using var key = server.GetECDsaPrivateKey()!;
        _files.Write("server.key", key.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Client { get; }

    /// <summary>Returns the arguments with which redis-server also listens with TLS on a port.</summary>
    public string[] ServerArguments(int port, bool clientsNeedCertificates) =>
    [
        "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", _files["server.pem"], "--tls-key-file", _files["server.key"],
        "--tls-ca-cert-file", _files["authority.pem"], "--tls-auth-clients", clientsNeedCertificates ? "yes" : "no",
    ];

    public void Dispose()
    {
        Authority.Dispose();
        Client.Dispose();
        _key.Dispose();
        _files.Dispose();
    }

    private X509Certificate2 Issue(string name, string purpose)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        using var certificate = request.Create(Authority, new DateTimeOffset(Authority.NotBefore), new DateTimeOffset(Authority.NotAfter), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
