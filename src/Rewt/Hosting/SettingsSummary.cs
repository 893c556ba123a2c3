using System.Globalization;

namespace Rewt.Internal;

/// <summary>
/// Describes the effective settings of a namespace in sentences: the source of the keys, the accepted tokens and all durations. The description is
/// logged when the application starts, and is part of the health check's data. The description contains no key, path or connection string.
/// </summary>
internal sealed class SettingsSummary(RewtOptions settings, string store)
{
    private const int MostNames = 10;

    private bool IsConfigured => ConfiguredKeySource.IsConfigured(settings);

    /// <summary>A text that describes the source of the keys.</summary>
    public string Source
    {
        get
        {
            if (!IsConfigured) return store;
            var own = settings.SigningKey switch
            {
                { Certificate: not null } => $"{nameof(settings.SigningKey)}:{nameof(settings.SigningKey.Certificate)}",
                { File: not null } => $"{nameof(settings.SigningKey)}:{nameof(settings.SigningKey.File)}",
                _ => null,
            };
            var others = settings.VerificationKeys.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{settings.VerificationKeys.Count} VerificationKeys") : null;
            return string.Join(" and ", new[] { own, others }.OfType<string>());
        }
    }

    /// <summary>A text that describes the kinds of tokens that the service accepts, and their issuers.</summary>
    public string Accepted
    {
        get
        {
            var kinds = settings.AlsoAccept is { } other && other != settings.EffectiveKeyMode ? $"tokens of {settings.EffectiveKeyMode} and {other}" : IsConfigured ? "tokens of these keys" : $"tokens of {settings.EffectiveKeyMode}";
            var node = settings.AcceptNodeTokens ? ", and of Node's rewt by any issuer" : string.Empty;
            var tenants = settings.Tenants.Enabled ? ", each for its tenant" : string.Empty;
            return $"{kinds} by {Issuers}{node}{tenants}";
        }
    }

    /// <summary>A text that describes what a token proves about the service that signed it.</summary>
    public string Identity => IsConfigured ? "Each owner of one of the private keys can sign as any issuer"
        : settings is { EffectiveKeyMode: KeyMode.KeyPair, AlsoAccept: null or KeyMode.KeyPair } ? $"Each issuer is proven by key pairs of its own; {Protection}"
        : "Each service with the shared secret can sign as any issuer";

    /// <summary>A text that describes the protection against a Redis user that publishes keys in the name of another service.</summary>
    private string Protection => settings.Identity switch
    {
        { Demands: true } => "certificates of Identity:Authorities protect the names",
        { Authorities.Count: > 0 } => "Redis access rules protect the names until Identity:AcceptUnattested is removed",
        _ => "Redis access rules alone protect the names",
    };

    /// <summary>A text with all durations, including durations that are derived from other settings.</summary>
    public string Durations => string.Join(", ", Setting.Of(settings).Where(setting => setting.Type == typeof(TimeSpan)).Select(setting => string.Create(CultureInfo.InvariantCulture, $"{setting.Path} {setting.Value:c}")));

    /// <summary>Returns the settings as data of the health check.</summary>
    public IReadOnlyDictionary<string, string> ToData() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["service"] = settings.ServiceName ?? string.Empty,
        ["namespace"] = settings.Namespace,
        ["keyMode"] = settings.EffectiveKeyMode.ToString(),
        ["keysFrom"] = Source,
        ["accepts"] = Accepted,
        ["identity"] = Identity,
        ["durations"] = Durations,
    };

    private string Issuers => settings.TrustedIssuers.Count switch
    {
        0 => IsConfigured ? "any issuer" : "any service of the namespace",
        _ => Names.List([.. settings.TrustedIssuers], MostNames),
    };
}
