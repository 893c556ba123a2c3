using System.Security.Cryptography.X509Certificates;

namespace Rewt;

/// <summary>
/// Settings of the certificates that prove which service a key pair in Redis belongs to. A service signs its published keys with its certificate. If
/// <see cref="Authorities"/> is set at a receiver, the receiver accepts a published key only if a certificate of one of these authorities confirms the
/// key. Write access to Redis is then not enough to sign in the name of a service.
/// </summary>
public sealed class RewtIdentityOptions
{
    /// <summary>
    /// The file with the certificate of this service and the intermediate certificates. The format is PEM with the certificate of the service first,
    /// or PKCS #12 with the private key. The file is read again when it changes.
    /// </summary>
    /// <value>A path, relative to the content root. Default: none.</value>
    public string? CertificateFile { get; set; }

    /// <summary>
    /// The PEM file with the private key of the certificate in <see cref="CertificateFile"/>. The file is read again when it changes.
    /// </summary>
    /// <value>A path, relative to the content root. Default: none, which means that <see cref="CertificateFile"/> contains the private key.</value>
    public string? KeyFile { get; set; }

    /// <summary>The password of the private key, if the key is encrypted. Store the password as a secret.</summary>
    /// <value>Default: none.</value>
    public string? Password { get; set; }

    /// <summary>
    /// A delegate that returns the certificate of this service with its private key, and the intermediate certificates. Do not set both the delegate
    /// and <see cref="CertificateFile"/>. Rewt calls the delegate at each refresh. The delegate can be set in code only.
    /// </summary>
    /// <value>The application owns the returned certificates. Default: none.</value>
    public Func<X509Certificate2Collection>? CertificateFactory { get; set; }

    /// <summary>
    /// The certificate authorities that this service trusts to confirm published keys. Each entry is a PEM file with one or more root certificates,
    /// or the PEM text itself. Files are read again when they change. The root certificates of the operating system are never used.
    /// </summary>
    /// <value>Default: empty, which means that every key that is published in Redis is accepted.</value>
    public IList<string> Authorities { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Identity:Authorities must be a list."); } = [];

    /// <summary>
    /// The accepted names in certificates. The certificate of a service must contain at least one accepted name. The placeholder <c>{service}</c>
    /// stands for the name of the service. A name that begins with <c>spiffe://</c> is compared with the URIs in the certificate. Any other name is
    /// compared with the DNS names in the certificate. The comparison is case-sensitive.
    /// </summary>
    /// <value>
    /// For example <c>spiffe://prod.example/ns/shop/sa/{service}</c>. Default: empty, which permits the DNS name <c>{service}</c> and every SPIFFE ID
    /// whose last path segment is the name of the service.
    /// </value>
    public IList<string> Names { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Identity:Names must be a list."); } = [];

    /// <summary>
    /// Whether this service also accepts published keys that no certificate of <see cref="Authorities"/> confirms. Use this setting only during the
    /// migration to certificates. While the setting is <see langword="true"/>, only the access rules of Redis prevent a service from publishing keys in
    /// the name of another service.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AcceptUnattested { get; set; }

    /// <summary>
    /// A PEM file with the certificate revocation lists of the authorities. The file is read again when it changes. Revocation lists are never
    /// downloaded.
    /// </summary>
    /// <value>A path, relative to the content root. Default: none.</value>
    public string? RevocationListFile { get; set; }

    /// <summary>Whether this service signs its published keys with a certificate.</summary>
    internal bool Attests => CertificateFile is not null || CertificateFactory is not null;

    /// <summary>Whether this service refuses published keys that no certificate confirms.</summary>
    internal bool Demands => Authorities.Count > 0 && !AcceptUnattested;
}
