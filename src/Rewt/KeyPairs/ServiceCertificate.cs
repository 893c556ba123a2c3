using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rewt.Internal;

/// <summary>
/// The X.509 certificate of this service with its private key. This certificate attests the keys that the service publishes
/// (<see cref="Attestation"/>).
/// </summary>
internal sealed class ServiceCertificate
{
    /// <summary>The flags with which a PKCS #12 file is loaded. .NET cannot keep a private key only in memory on macOS.</summary>
    private static readonly X509KeyStorageFlags Storage = OperatingSystem.IsMacOS() ? X509KeyStorageFlags.Exportable : X509KeyStorageFlags.EphemeralKeySet | X509KeyStorageFlags.Exportable;

    private readonly KeyPair _key;

    /// <exception cref="PublicKeySourceException">The certificate cannot be used. The message contains the reason.</exception>
    private ServiceCertificate(X509Certificate2 leaf, IEnumerable<X509Certificate2> others, AsymmetricAlgorithm? key, string name, RewtOptions options)
    {
        if (AttestationPolicy.ProblemOfUse(leaf) is { } unfit) throw Unusable(name, unfit);
        Name = CertificateNames.Of(leaf) is { } names ? CertificateNames.Find(names, options.ServiceName!, [.. options.Identity.Names]) ?? "" : "";
        if (Name.Length == 0) throw Unusable(name, $"it does not name the service '{options.ServiceName}' (see Identity:Names)");
        if (key is null) throw Unusable(name, "it has no RSA or EC private key");

        try
        {
            _key = new KeyPair(key, AttestationPolicy.SigningAlgorithm);
        }
        catch (ArgumentException exception)
        {
            throw Unusable(name, exception.Message.Split(" (Parameter", 2)[0]);
        }

        if (PublicKeyPem.TryReadOne("CERTIFICATE", leaf.RawData, AttestationPolicy.SigningAlgorithm, out _)?.Thumbprint != _key.Public.Thumbprint) throw Unusable(name, "its private key belongs to another certificate");

        // The root is left out, because receivers have it.
        Chain = [leaf.RawData, .. others.Where(other => !AttestationPolicy.IsRoot(other) && !other.Equals(leaf)).Select(other => other.RawData)];
        if (Chain.Count > Attestation.MaximumCertificates) throw Unusable(name, $"its chain has more than {Attestation.MaximumCertificates} certificates");
        (NotBefore, NotAfter) = AttestationPolicy.Validity(leaf);
        RenewalLead = (NotAfter - NotBefore) / 5;
        ChainNotAfter = IntermediatesOf(leaf, others).Select(issuer => AttestationPolicy.Validity(issuer).Until).Append(NotAfter).Min();
    }

    /// <summary>The name in the certificate that identifies the service.</summary>
    public string Name { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>
    /// The time at which the first of the certificate and its intermediate certificates expires. A receiver with a newer root certificate may accept the
    /// certificate for longer.
    /// </summary>
    public DateTimeOffset ChainNotAfter { get; }

    /// <summary>How long before <see cref="ChainNotAfter"/> the certificate should be renewed: a fifth of the lifetime of the certificate of the service.</summary>
    public TimeSpan RenewalLead { get; }

    public IReadOnlyList<byte[]> Chain { get; }

    /// <summary>Reads a certificate in PEM or PKCS #12. If there is a second file, the private key is read from it.</summary>
    /// <exception cref="PublicKeySourceException">The certificate cannot be used. The message contains the reason.</exception>
    public static ServiceCertificate Read(IReadOnlyList<byte[]> contents, RewtOptions options)
    {
        var name = ConfiguredFile.NameOf(options.Identity.CertificateFile!);
        var certificates = new X509Certificate2Collection();
        try
        {
            var text = ConfiguredFile.TextOf(contents[0]);
            if (!PublicKeyPem.IsPem(text))
            {
                certificates = X509CertificateLoader.LoadPkcs12Collection(contents[0], options.Identity.Password, Storage);
                return Of(certificates, name, options);
            }

            certificates.ImportFromPem(text);
            if (certificates.Count == 0) throw Unusable(name, "it contains no certificate");
            var key = PrivateKeyPem.TryRead(ConfiguredFile.TextOf(contents[^1]), options.Identity.Password, out var problem);
            if (key is null) throw Unusable(options.Identity.KeyFile is null ? name : ConfiguredFile.NameOf(options.Identity.KeyFile), problem!);
            PublicKeyPem.CheckBlocks(text, name);
            return new ServiceCertificate(certificates[0], certificates.Skip(1), key, name, options);
        }
        catch (CryptographicException exception)
        {
            throw new PublicKeySourceException($"{name} is damaged, or the password is wrong", exception);
        }
        finally
        {
            // The object contains copies of the certificates and its own handle of the private key.
            foreach (var certificate in certificates) certificate.Dispose();
        }
    }

    /// <summary>
    /// Creates the object from a collection of certificates. The first certificate with a private key is the certificate of this service.
    /// </summary>
    /// <exception cref="PublicKeySourceException">The certificate cannot be used. The message contains the reason.</exception>
    public static ServiceCertificate Of(X509Certificate2Collection certificates, string name, RewtOptions options)
    {
        var leaf = certificates.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw Unusable(name, "it has no private key");
        return new ServiceCertificate(leaf, certificates, (AsymmetricAlgorithm?)leaf.GetRSAPrivateKey() ?? leaf.GetECDsaPrivateKey(), name, options);
    }

    /// <summary>Signs the statement that a key belongs to a service between <paramref name="at"/> and <paramref name="until"/>.</summary>
    public Attestation Attest(PublicKey key, PairRingId ring, StoreTime at, StoreTime until)
    {
        var signature = new byte[_key.SignatureLength];
        _key.Sign(Attestation.Statement(ring, at, until, key), signature);
        return new Attestation(ring, at, until, Chain, System.Buffers.Text.Base64Url.EncodeToString(signature));
    }

    /// <summary>
    /// Returns the intermediate certificates between a certificate and its root certificate. If there are several certificates of one issuer, the one that
    /// expires last counts.
    /// </summary>
    private static IEnumerable<X509Certificate2> IntermediatesOf(X509Certificate2 leaf, IEnumerable<X509Certificate2> others)
    {
        var unused = others.Where(other => !AttestationPolicy.IsRoot(other) && !other.Equals(leaf)).ToList();
        for (var certificate = leaf; IssuerOf(certificate) is { } issuer; certificate = issuer)
        {
            // Each certificate is used once, so that two authorities that signed each other cause no endless loop.
            unused.Remove(issuer);
            yield return issuer;
        }

        X509Certificate2? IssuerOf(X509Certificate2 certificate) =>
            unused.Where(other => other.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)).MaxBy(other => other.NotAfter);
    }

    private static PublicKeySourceException Unusable(string name, string problem) => new($"{name} cannot be used: {problem}");
}
