namespace Rewt.Internal;

/// <summary>Validates the settings for configured keys. Each error names the setting to correct.</summary>
internal static class ConfiguredKeysProblems
{
    public static IEnumerable<string> Of(RewtOptions options, bool canDownload)
    {
        if (options.SigningKey.File is not null && options.SigningKey.Certificate is not null) yield return "SigningKey:File and SigningKey:Certificate are both set; remove one of them.";
        if (options.AlsoAccept is not null && ConfiguredKeySource.IsGiven(options)) yield return "AlsoAccept applies only to keys in Redis; to accept those beside configured keys, add a second scheme.";
        if (!string.IsNullOrEmpty(options.SigningKey.Password) && options.SigningKey.File is null) yield return "SigningKey:Password is set, but SigningKey:File is not.";
        if (SigningKeySetting.IsGiven(options))
        {
            _ = SigningKeySetting.TryRead(options, out var problem);
            if (problem is not null) yield return problem;
        }

        for (var index = 0; index < options.VerificationKeys.Count; index++)
        {
            if (PublicKeySources.Problem(options.VerificationKeys[index], options, canDownload) is { } problem) yield return $"VerificationKeys:{index} {problem}.";
        }

        if (options.RequiredClaims.Any(string.IsNullOrWhiteSpace)) yield return "RequiredClaims contains an empty name.";
        else if (options.VerificationKeys.Count == 0 && ClaimRequirements.Missing(options.RequiredClaims) is { } missing)
        {
            yield return $"RequiredClaims must contain '{missing}'; only tokens that VerificationKeys verify may omit it.";
        }
    }
}
