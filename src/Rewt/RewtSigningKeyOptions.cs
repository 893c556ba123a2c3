using System.Security.Cryptography.X509Certificates;

namespace Rewt;

/// <summary>
/// Settings of the private key that this service signs with, if the key comes from a <see cref="File"/> or a <see cref="Certificate"/>.
/// </summary>
public sealed class RewtSigningKeyOptions
{
    /// <summary>
    /// A PEM file with the private key, or the PEM text itself. The format is PKCS #8, SEC 1 or PKCS #1 (the output of <c>ssh-keygen -t rsa -b 4096
    /// -m pem</c>). In a PEM text, <c>\n</c> may stand for a line break.
    /// </summary>
    /// <value>A path, relative to the content root, or a PEM text. The key is RSA with 2048 to 4096 bits, P-256 or P-384. Default: none.</value>
    public string? File { get; set; }

    /// <summary>The password of <see cref="File"/>, if the private key is encrypted. Store the password as a secret.</summary>
    /// <value>Default: none.</value>
    public string? Password { get; set; }

    /// <summary>A certificate that contains the private key, instead of <see cref="File"/>. The certificate can be set in code only.</summary>
    /// <value>
    /// The validity period and the issuer of the certificate are not checked. The application owns the certificate, and must not dispose it before
    /// the host. Default: none.
    /// </value>
    public X509Certificate2? Certificate { get; set; }
}
