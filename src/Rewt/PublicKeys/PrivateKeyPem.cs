using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// Parses the private key in a PEM text, or returns the reason why the key cannot be used. The format is PKCS #8 (encrypted or not), PKCS #1 or SEC
/// 1. The text must contain exactly one private key.
/// </summary>
internal static class PrivateKeyPem
{
    public const string IsEncrypted = "it is encrypted";

    private const string Suffix = "PRIVATE KEY";

    /// <summary>
    /// Returns an <see cref="RSA"/> or <see cref="ECDsa"/> object, which the caller must dispose. If the key cannot be used,
    /// <paramref name="problem"/> contains the error and its solution, without any part of the text.
    /// </summary>
    public static AsymmetricAlgorithm? TryRead(string text, string? password, out string? problem)
    {
        problem = ProblemOf(text);
        if (problem is not null) return null;

        var found = Find(PublicKeyPem.Unescape(text));
        if (found.Count != 1)
        {
            problem = found.Count == 0 && text.Contains($"{Suffix}-----", StringComparison.Ordinal) ? "its private key is incomplete or damaged; set it from -----BEGIN to -----END"
                : found.Count == 0 ? "it contains no private key in PEM format; create one with `ssh-keygen -t rsa -b 4096 -m pem`" : "it contains several private keys; keep one";
            return null;
        }

        var (label, pem) = found[0];
        problem = (label, password) switch
        {
            ("ENCRYPTED PRIVATE KEY", null or "") => IsEncrypted,
            ("RSA PRIVATE KEY" or "EC PRIVATE KEY" or "PRIVATE KEY" or "ENCRYPTED PRIVATE KEY", _) => null,
            _ => "its private key is neither RSA nor EC",
        };
        return problem is null ? TryImport(label, pem, password, out problem) : null;
    }

    private static string? ProblemOf(string text)
    {
        if (text.Contains("-----BEGIN OPENSSH PRIVATE KEY", StringComparison.Ordinal))
        {
            return "it is in OpenSSH format; convert it to PEM with `ssh-keygen -p -m pem -f <file>`";
        }

        return text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
            ? "it is encrypted in the legacy format of OpenSSL; convert it to PKCS #8 with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in <file>`"
            : null;
    }

    /// <summary>
    /// Returns the private keys in a PEM text. The text can contain other blocks: openssl writes parameters before an EC key, and a file may contain
    /// certificates.
    /// </summary>
    private static List<(string Label, string Pem)> Find(string text) =>
        [.. PublicKeyPem.Blocks(text).Where(block => block.Label.EndsWith(Suffix, StringComparison.Ordinal)).Select(block => (block.Label, text[block.Location]))];

    private static AsymmetricAlgorithm? TryImport(string label, string pem, string? password, out string? problem)
    {
        problem = label == "ENCRYPTED PRIVATE KEY" ? "it cannot be decrypted with this password, or it is damaged" : $"its {label} is damaged or neither RSA nor EC";
        // The label of PKCS #8 does not name the type of the key.
        var key = label == "EC PRIVATE KEY" ? null : TryImport(RSA.Create(), pem, password, label);
        key ??= label == "RSA PRIVATE KEY" ? null : TryImport(ECDsa.Create(), pem, password, label);
        if (key is not null) problem = null;
        return key;
    }

    private static AsymmetricAlgorithm? TryImport(AsymmetricAlgorithm key, string pem, string? password, string label)
    {
        try
        {
            if (label == "ENCRYPTED PRIVATE KEY") key.ImportFromEncryptedPem(pem, password);
            else key.ImportFromPem(pem);
            return key;
        }
        catch (Exception exception) when (PublicKeyPem.IsUnreadable(exception))
        {
            key.Dispose();
            return null;
        }
    }
}
