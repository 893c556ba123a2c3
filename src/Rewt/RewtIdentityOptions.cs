using System.Security.Cryptography.X509Certificates;

namespace Rewt;

/// <summary>
/// Settings of the certificates that prove which service a key pair in Redis belongs to. A service signs its published keys with its certificate, and
/// receivers with authorities accept only keys that such a certificate confirms, so that write access to Redis is not enough to sign as a service.
/// </summary>
public sealed class RewtIdentityOptions
{
    /// <summary>
    /// The certificate of this service and its intermediates, in PEM with the service's certificate first, or in PKCS #12 with the private key. The file
    /// is read again when it changes.
    /// </summary>
    /// <value>A path, relative to the content root. Default: none.</value>
    public string? CertificateFile { get; set; }

    /// <summary>The private key of <see cref="CertificateFile"/> in PEM. The file is read again when it changes.</summary>
    /// <value>A path, relative to the content root. Default: none, which means that <see cref="CertificateFile"/> contains the key.</value>
    public string? KeyFile { get; set; }

    /// <summary>The password of an encrypted private key. Store it as a secret.</summary>
    /// <value>Default: none.</value>
    public string? Password { get; set; }

    /// <summary>
    /// Returns the certificate of this service with its private key, and its intermediates, instead of <see cref="CertificateFile"/>. The delegate is called
    /// at each refresh, and can be set in code only.
    /// </summary>
    /// <value>The application owns the certificates. Default: none.</value>
    public Func<X509Certificate2Collection>? CertificateFactory { get; set; }

    /// <summary>
    /// The authorities whose certificates confirm published keys, each as a PEM file with one or more root certificates, or as the PEM text itself. Files are
    /// read again when they change. The certificates of the operating system are never used.
    /// </summary>
    /// <value>Default: empty, which accepts every key that is published in Redis.</value>
    public IList<string> Authorities { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Identity:Authorities must be a list."); } = [];

    /// <summary>
    /// The certificate of a service must have one of these names. <c>{service}</c> stands for the name of the service. A name that begins
    /// with <c>spiffe://</c> is compared with the URIs of the certificate, any other name with its DNS names. The comparison is case-sensitive.
    /// </summary>
    /// <value>For example <c>spiffe://prod.example/ns/shop/sa/{service}</c>. Default: empty, which accepts the DNS name <c>{service}</c> and any SPIFFE
    /// ID whose last path segment is the name of the service.</value>
    public IList<string> Names { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Identity:Names must be a list."); } = [];

    /// <summary>
    /// Also accept keys that no certificate of <see cref="Authorities"/> confirms, during the migration to certificates. Then only Redis access rules
    /// protect the names of services.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AcceptUnattested { get; set; }

    /// <summary>
    /// A file with certificate revocation lists of the authorities, in PEM. The file is read again when it changes. Revocation lists are never downloaded.
    /// </summary>
    /// <value>A path, relative to the content root. Default: none.</value>
    public string? RevocationListFile { get; set; }

    /// <summary>Whether this service signs its published keys.</summary>
    internal bool Attests => CertificateFile is not null || CertificateFactory is not null;

    /// <summary>Whether receivers refuse published keys that no certificate confirms.</summary>
    internal bool Demands => Authorities.Count > 0 && !AcceptUnattested;
}
