namespace Rewt.Internal;

/// <summary>
/// Validates the settings of configured keys and of certificates when the application starts. For each error, the class returns a sentence that names
/// the setting to correct.
/// </summary>
internal static class ConfiguredKeysValidator
{
    public static IEnumerable<string> Errors(RewtOptions options, bool canDownload)
    {
        if (options.SigningKey.File is not null && options.SigningKey.Certificate is not null) yield return "SigningKey:File and SigningKey:Certificate are both set; remove one of them.";
        if (options.AlsoAccept is not null && ConfiguredKeySource.IsConfigured(options)) yield return "AlsoAccept applies only to keys in Redis; to accept those beside configured keys, add a second scheme.";
        if (!string.IsNullOrEmpty(options.SigningKey.Password) && options.SigningKey.File is null) yield return "SigningKey:Password is set, but SigningKey:File is not.";
        if (SigningKeySetting.IsConfigured(options))
        {
            _ = SigningKeySetting.TryRead(options, out var problem);
            if (problem is not null) yield return problem;
        }

        for (var index = 0; index < options.VerificationKeys.Count; index++)
        {
            if (PublicKeySourceFactory.Problem(options.VerificationKeys[index], options, canDownload) is { } problem) yield return $"VerificationKeys:{index} {problem}.";
        }

        foreach (var problem in OfIdentity(options)) yield return $"Identity:{problem}";
        if (Names.IsName(options.ServiceName) && ProblemOfFiles(options) is { } invalid) yield return $"Identity is invalid: {invalid}.";

        if (options.RequiredClaims.Any(string.IsNullOrWhiteSpace)) yield return "RequiredClaims contains an empty name.";
        else if (options.VerificationKeys.Count == 0 && ClaimRequirements.Missing(options.RequiredClaims) is { } missing)
        {
            yield return $"RequiredClaims must contain '{missing}'; only tokens that VerificationKeys verify may omit it.";
        }
    }

    private static IEnumerable<string> OfIdentity(RewtOptions options)
    {
        var identity = options.Identity;
        if (identity.Attests && (options.KeyMode != KeyMode.KeyPair || ConfiguredKeySource.IsConfigured(options))) yield return "CertificateFile attests key pairs in Redis; set KeyMode to KeyPair and remove SigningKey and VerificationKeys, or remove it.";
        if (identity.Authorities.Count > 0 && options.EffectiveKeyMode != KeyMode.KeyPair && options.AlsoAccept != KeyMode.KeyPair) yield return "Authorities check key pairs; set KeyMode to KeyPair, or remove them.";
        if (identity.Demands && options.AlsoAccept is { } other && other != options.EffectiveKeyMode && !ConfiguredKeySource.IsConfigured(options))
        {
            yield return "Authorities are set, but Rewt accepts tokens of the shared secret, which no certificate protects; set KeyMode to KeyPair and remove AlsoAccept, or set Identity:AcceptUnattested until then.";
        }

        if (identity.Authorities.Count > 0 && ConfiguredKeySource.IsConfigured(options) && !options.VerificationKeys.Any(PublicKeySourceFactory.IsAddress)) yield return "Authorities check the keys of an address, but VerificationKeys has none; remove them.";
        if (identity.Demands && options.VerificationKeys.Any(PublicKeySourceFactory.IsAddress) && options.VerificationKeys.Index().FirstOrDefault(key => !PublicKeySourceFactory.IsAddress(key.Item)) is { Item: not null } local)
        {
            yield return $"Authorities are set, but VerificationKeys:{local.Index} is no address, so no certificate confirms its keys; move it to another scheme, or set Identity:AcceptUnattested.";
        }

        if (identity.CertificateFile is not null && identity.CertificateFactory is not null) yield return "CertificateFile and CertificateFactory are both set; remove one of them.";
        if (identity is { CertificateFile: null, KeyFile: not null }) yield return "KeyFile is set, but CertificateFile is not.";
        if (identity is { CertificateFile: null, Password: not null }) yield return "Password is set, but CertificateFile is not.";
        if (identity.Authorities.Count == 0 && identity.AcceptUnattested) yield return "AcceptUnattested has no effect without Authorities; set Authorities, or remove it.";
        if (identity.Authorities.Count == 0 && identity.RevocationListFile is not null) yield return "RevocationListFile has no effect without Authorities; set Authorities, or remove it.";
        foreach (var name in identity.Names.Where(name => string.IsNullOrWhiteSpace(name) || !name.Contains(CertificateNames.Placeholder, StringComparison.Ordinal))) yield return $"Names contains '{KeyMaterial.Shown(name ?? "")}', which does not contain {CertificateNames.Placeholder}.";
    }

    private static string? ProblemOfFiles(RewtOptions options)
    {
        try
        {
            _ = ServiceIdentity.Open(options, TimeProvider.System);
            return null;
        }
        catch (PublicKeySourceException exception)
        {
            return exception.Message;
        }
    }
}
