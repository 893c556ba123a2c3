using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rewt.Internal;

/// <summary>
/// Parses the public keys in a PEM text (RFC 7468). The text can contain any number of public keys, and at most one certificate. If the text contains a
/// certificate, its public key is returned.
/// </summary>
internal static class PublicKeyPem
{
    /// <summary>The object identifier of EC keys (RFC 5480 §2.1.1).</summary>
    public const string EllipticCurveKey = "1.2.840.10045.2.1";

    private const string Begin = "-----BEGIN ";

    public static bool IsPem(string text) => text.Contains(Begin, StringComparison.Ordinal);

    /// <summary>
    /// Replaces the two characters <c>\n</c> in a PEM text by a line break. JSON and environment files often contain these two characters instead of
    /// a line break.
    /// </summary>
    public static string Unescape(string text) => text.Replace(@"\r", string.Empty, StringComparison.Ordinal).Replace(@"\n", "\n", StringComparison.Ordinal);

    /// <summary>Returns the blocks of a PEM text. The ranges are positions in the text.</summary>
    public static IEnumerable<(string Label, Range Location, Range Base64)> Blocks(string text)
    {
        var start = 0;
        while (PemEncoding.TryFind(text.AsSpan(start), out var fields))
        {
            yield return (text[InText(fields.Label)], InText(fields.Location), InText(fields.Base64Data));
            start += fields.Location.End.Value;
        }

        Range InText(Range range) => (start + range.Start.Value)..(start + range.End.Value);
    }

    /// <summary>
    /// Returns the problem of a PEM text with an incomplete or damaged block; <see langword="null"/> if all blocks can be found. .NET skips an incomplete
    /// block like the explanatory text between the blocks.
    /// </summary>
    private static string? ProblemOfBlocks(string text) =>
        text.AsSpan().Count(Begin) == Blocks(text).Count() ? null : "it contains an incomplete or damaged PEM block";

    /// <summary>Throws if a file contains an incomplete or damaged block.</summary>
    /// <param name="text">The content of the file.</param>
    /// <param name="name">The name of the file, for the message.</param>
    /// <exception cref="PublicKeySourceException">A block is incomplete or damaged.</exception>
    public static void CheckBlocks(string text, string name)
    {
        if (ProblemOfBlocks(text) is { } problem) throw new PublicKeySourceException($"{name} cannot be used: {problem}");
    }

    /// <summary>
    /// Parses all public keys in a PEM text. If a key is invalid, <paramref name="problem"/> contains the error of the first invalid key.
    /// </summary>
    public static IReadOnlyList<PublicKey>? TryRead(string text, string rsaAlgorithm, out string? problem)
    {
        var keys = new List<PublicKey>();
        var certificates = 0;
        text = Unescape(text);
        problem = ProblemOfBlocks(text);
        if (problem is not null) return null;

        foreach (var (label, _, base64) in Blocks(text))
        {
            if (label == "CERTIFICATE" && ++certificates > 1)
            {
                problem = "it contains several certificates, possibly a chain; keep only the certificate of the signer, or use one source for each certificate";
                return null;
            }

            if (TryReadOne(label, Convert.FromBase64String(text[base64]), rsaAlgorithm, out problem) is not { } key) return null;
            keys.Add(key);
        }

        return keys;
    }

    /// <summary>Parses the public key in one PEM block.</summary>
    public static PublicKey? TryReadOne(string label, byte[] content, string rsaAlgorithm, out string? problem)
    {
        problem = label switch
        {
            _ when label.EndsWith("PRIVATE KEY", StringComparison.Ordinal) => "it contains a private key, which a verifier must not have; use the public key that `openssl pkey -in <file> -pubout` writes",
            "PUBLIC KEY" or "RSA PUBLIC KEY" or "CERTIFICATE" => null,
            _ => "it contains a PEM block that is neither PUBLIC KEY, RSA PUBLIC KEY nor CERTIFICATE",
        };
        if (problem is not null) return null;

        try
        {
            return label switch
            {
                "RSA PUBLIC KEY" => TryReadPkcs1(content, rsaAlgorithm, out problem),
                "CERTIFICATE" => TryReadCertificate(content, rsaAlgorithm, out problem),
                _ => TryRead(System.Security.Cryptography.X509Certificates.PublicKey.CreateFromSubjectPublicKeyInfo(content, out var read), read == content.Length, rsaAlgorithm, out problem),
            };
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            return PublicKey.Refuse(Unreadable(label), out problem);
        }
    }

    /// <summary>Returns the public key of a loaded certificate.</summary>
    public static PublicKey? TryReadKey(X509Certificate2 certificate, string rsaAlgorithm, out string? problem)
    {
        try
        {
            return TryRead(certificate.PublicKey, isWhole: true, rsaAlgorithm, out problem);
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            return PublicKey.Refuse(Unreadable("CERTIFICATE"), out problem);
        }
    }

    /// <summary>Returns whether an exception means that .NET cannot read a key: the key is damaged, or its type is not supported.</summary>
    public static bool IsUnreadable(Exception exception) => exception is CryptographicException or PlatformNotSupportedException or ArgumentException;

    private static string Unreadable(string label) => $"the block {label} is damaged, or its type of key is not supported";

    private static PublicKey? TryReadPkcs1(byte[] content, string rsaAlgorithm, out string? problem)
    {
        using var rsa = RSA.Create();
        rsa.ImportRSAPublicKey(content, out var read);
        problem = "the block RSA PUBLIC KEY has data after the key";
        return read == content.Length ? PublicKey.TryCreate(rsa.ExportParameters(includePrivateParameters: false), rsaAlgorithm, keyId: null, out problem) : null;
    }

    private static PublicKey? TryReadCertificate(byte[] content, string rsaAlgorithm, out string? problem)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(content);
        return TryReadKey(certificate, rsaAlgorithm, out problem);
    }

    private static PublicKey? TryRead(System.Security.Cryptography.X509Certificates.PublicKey key, bool isWhole, string rsaAlgorithm, out string? problem)
    {
        problem = "the key is neither RSA nor EC, or has data after it";
        if (!isWhole) return null;

        if (PointOf(key) is { } point) return PublicKey.TryCreate(point, keyId: null, out problem);

        using var rsa = key.GetRSAPublicKey();
        if (rsa is not null) return PublicKey.TryCreate(rsa.ExportParameters(includePrivateParameters: false), rsaAlgorithm, keyId: null, out problem);

        using var ecdsa = key.GetECDsaPublicKey();
        return ecdsa is null ? null : PublicKey.TryCreate(ecdsa.ExportParameters(includePrivateParameters: false), keyId: null, out problem);
    }

    /// <summary>
    /// Reads an EC key in its usual form, an uncompressed point on a known curve. The key is not imported, because an import with OpenSSL would take a
    /// large part of the time in which an attestation is checked.
    /// </summary>
    private static ECParameters? PointOf(System.Security.Cryptography.X509Certificates.PublicKey key) =>
        key.Oid.Value == EllipticCurveKey && key.EncodedParameters is { } parameters ? EllipticCurve.Find(parameters.RawData)?.At(key.EncodedKeyValue.RawData) : null;
}
