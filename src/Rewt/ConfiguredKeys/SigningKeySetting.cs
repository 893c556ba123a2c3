using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rewt.Internal;

/// <summary>
/// Reads the private key of <see cref="RewtOptions.SigningKey"/> from a PEM file, a PEM text or a certificate. The key is read when the settings are
/// validated, and when the key ring is opened. The result is the key pair to sign with, or the error in the setting.
/// </summary>
internal static class SigningKeySetting
{
    private const int MaximumBytes = 64 * 1024;

    public static bool IsConfigured(RewtOptions options) => options.SigningKey.File is not null || options.SigningKey.Certificate is not null;

    /// <summary>
    /// Reads the key pair to sign with. If the key pair cannot be read, <paramref name="problem"/> contains the reason and the setting to correct.
    /// </summary>
    public static KeyPair? TryRead(RewtOptions options, out string? problem)
    {
        var (setting, key) = options.SigningKey.Certificate is { } certificate
            ? ("SigningKey:Certificate", OfCertificate(certificate, out problem))
            : ("SigningKey:File", OfText(options.SigningKey.File!, options.SigningKey.Password, out problem));
        if (key is null)
        {
            problem = $"{setting} {problem}.";
            return null;
        }

        problem = ProblemOfAlgorithm(key, options.KeyPairs.Algorithm);
        if (problem is null)
        {
            try
            {
                return new KeyPair(key, options.KeyPairs.Algorithm == "PS256" ? "PS256" : "RS256");
            }
            catch (ArgumentException exception)
            {
                // The suffix with the parameter name is removed.
                problem = $"{setting} cannot be used: {exception.Message.Split(" (Parameter", 2)[0]}";
            }
        }

        key.Dispose();
        return null;
    }

    private static AsymmetricAlgorithm? OfCertificate(X509Certificate2 certificate, out string? problem)
    {
        AsymmetricAlgorithm? key = certificate.GetRSAPrivateKey();
        key ??= certificate.GetECDsaPrivateKey();
        problem = key is null ? "has no RSA or EC private key; load the certificate together with its private key" : null;
        return key;
    }

    private static AsymmetricAlgorithm? OfText(string text, string? password, out string? problem)
    {
        if (!PublicKeyPem.IsPem(text)) return OfFile(text, password, out problem);

        var key = PrivateKeyPem.TryRead(text, password, out problem);
        if (key is null) problem = $"is a PEM text that cannot be used: {Advice(problem)}";
        return key;
    }

    private static string? Advice(string? problem) => problem == PrivateKeyPem.IsEncrypted ? $"{problem}; set its password in SigningKey:Password" : problem;

    private static AsymmetricAlgorithm? OfFile(string path, string? password, out string? problem)
    {
        var shown = KeyMaterial.Shown(path);
        problem = "is empty; set a path or a PEM text, or remove it";
        if (string.IsNullOrWhiteSpace(path)) return null;

        try
        {
            var exists = File.Exists(path);
            if ((exists ? ConfiguredFile.ReadTextUpTo(path, MaximumBytes) : null) is not { } text)
            {
                problem = $"names {shown}, which {(exists ? "is too long for a key file" : ConfiguredFile.Absence(path))}; set a path, or a PEM text that starts with -----BEGIN; create one with `ssh-keygen -t rsa -b 4096 -m pem -f jwt.key -N \"\"`";
                return null;
            }

            var key = PrivateKeyPem.TryRead(text, password, out problem);
            if (key is null) problem = $"names {shown}, which cannot be used: {Advice(problem)}";
            return key;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"names {shown}, which this process cannot read";
            return null;
        }
    }

    /// <summary>
    /// Returns the error if the configured algorithm cannot be used with the key; <see langword="null"/> if there is no error. ES256 is never an
    /// error, because ES256 is the default and may be in effect without a setting.
    /// </summary>
    private static string? ProblemOfAlgorithm(AsymmetricAlgorithm key, string algorithm) => (key, algorithm) switch
    {
        (RSA, "ES384") => "KeyPairs:Algorithm is ES384, but the signing key is RSA: remove KeyPairs:Algorithm to use RS256, or set it to PS256.",
        (ECDsa, "RS256" or "PS256") => $"KeyPairs:Algorithm is {algorithm}, but the signing key is EC: remove KeyPairs:Algorithm.",
        (ECDsa { KeySize: 256 }, "ES384") => "KeyPairs:Algorithm is ES384, but the signing key is on P-256: remove KeyPairs:Algorithm.",
        _ => null,
    };
}
