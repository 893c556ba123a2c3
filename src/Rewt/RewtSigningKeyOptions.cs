using System.Security.Cryptography.X509Certificates;

namespace Rewt;

/// <summary>
/// Settings of the private key that this service signs with, taken from a <see cref="File"/> or a <see cref="Certificate"/> instead of Redis.
/// </summary>
public sealed class RewtSigningKeyOptions
{
    /// <summary>
    /// A PEM file with the private key: PKCS #1 as <c>ssh-keygen -t rsa -b 4096 -m pem</c> writes it, PKCS #8 or SEC 1; or the PEM text itself, in which
    /// <c>\n</c> may stand for a line break.
    /// </summary>
    /// <value>A path, relative to the content root, or a text. RSA of 2048 to 4096 bits, P-256 or P-384. Default: none.</value>
    public string? File { get; set; }

    /// <summary>The password of an encrypted <see cref="File"/>. Store it as a secret.</summary>
    /// <value>Default: none.</value>
    public string? Password { get; set; }

    /// <summary>A certificate with the private key, instead of <see cref="File"/>. The certificate can be set in code only.</summary>
    /// <value>The validity period and the issuer of the certificate are not checked. The application owns the certificate and disposes it after the
    /// host. Default: none.</value>
    public X509Certificate2? Certificate { get; set; }
}
