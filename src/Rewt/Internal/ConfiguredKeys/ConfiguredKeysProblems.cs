namespace Rewt.Internal;

/// <summary>Validates the settings for configured keys. Each error names the setting to correct.</summary>
internal static class ConfiguredKeysProblems
{
    public static IEnumerable<string> Of(RewtOptions options, bool canDownload)
    {
        if (options.SigningKeyFile is not null && options.SigningCertificate is not null) yield return "SigningKeyFile and SigningCertificate are both set; give one.";
        if (options.AlsoAccept is not null && ConfiguredKeySource.IsGiven(options)) yield return "AlsoAccept is for keys in Redis; accept those beside keys from the settings in a scheme of their own.";
        if (!string.IsNullOrEmpty(options.SigningKeyPassword) && options.SigningKeyFile is null) yield return "SigningKeyPassword is set, but no SigningKeyFile.";
        if (SigningKeySetting.IsGiven(options))
        {
            _ = SigningKeySetting.TryRead(options, out var problem);
            if (problem is not null) yield return problem;
        }

        for (var index = 0; index < options.VerificationKeys.Count; index++)
        {
            if (PublicKeySources.Problem(options.VerificationKeys[index], options, canDownload) is { } problem) yield return $"VerificationKeys:{index} {problem}.";
        }

        if (options.RequiredClaims.Any(string.IsNullOrWhiteSpace)) yield return "RequiredClaims has an empty name.";
        else if (options.VerificationKeys.Count == 0 && ClaimRequirements.Missing(options.RequiredClaims) is { } missing)
        {
            yield return $"RequiredClaims leaves out '{missing}', which only tokens of a signer named in VerificationKeys may lack.";
        }
    }
}
