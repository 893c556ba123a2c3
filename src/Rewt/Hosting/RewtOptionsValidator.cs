using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Validates <see cref="RewtOptions"/> when the application starts. All errors are reported at once, and the application does not start if there is
/// an error. Each error names the setting to correct.
/// </summary>
internal sealed class RewtOptionsValidator(IEnumerable<RingRegistration> registrations, IServiceProvider services, IKeyDownload? download = null) : IValidateOptions<RewtOptions>
{
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(31);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(3650);

    /// <summary>The limit of <see cref="RewtOptions.RefreshInterval"/>. A timer of .NET, which starts the next poll, can wait for at most 49 days.</summary>
    private static readonly TimeSpan LongestRefreshInterval = TimeSpan.FromDays(31);

    public ValidateOptionsResult Validate(string? name, RewtOptions options)
    {
        if (registrations.All(registration => registration.Name != name)) return ValidateOptionsResult.Skip;

        var errors = options.Problems.Concat(NamesWithoutScheme()).Concat(NamesBoundByFramework()).Concat(MergedLists(options).Distinct(StringComparer.Ordinal))
            .Concat(Errors(options).Concat(KeysForNames(options)).Concat(SealingKeys.Problems(services, options)).Concat(ConfiguredKeysValidator.Errors(options, download is not null)).Select(error => $"{options.Section}:{error}")).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>
    /// Returns an error for each name without a scheme for which the application configures options in code, because such options have no effect. The
    /// options without a name always have an effect, because named schemes inherit from these options.
    /// </summary>
    private IEnumerable<string> NamesWithoutScheme()
    {
        var names = registrations.Select(registration => registration.Name).ToList();
        return from name in ConfiguredNames.Of(services).Except(names.Append(Options.DefaultName), StringComparer.Ordinal)
               select $"RewtOptions are configured in code for the name {KeyMaterial.Shown(name)}, {Correction(name)}";

        string Correction(string name)
        {
            if (name.Equals(SettingsSection.Name, StringComparison.OrdinalIgnoreCase)) return "but the options of the scheme Rewt have no name; call Configure<RewtOptions> without a name.";
            var suggestion = SettingsSection.Suggestion(name, names.Where(other => other.Length > 0));
            var schemes = string.Join(", ", names.Select(other => other.Length > 0 ? other : "Rewt (whose options have no name)"));
            return $"which is not a registered scheme{suggestion}{(suggestion.EndsWith('?') ? "" : $" Correct the name, or register the scheme with AddRewt or AddRewtKeys. Registered are: {schemes}.")}";
        }
    }

    /// <summary>
    /// Returns an error for each scheme whose options the application reads with the binder of .NET, because a mistake in the configuration could remove a
    /// restriction.
    /// </summary>
    private IEnumerable<string> NamesBoundByFramework() =>
        from name in ConfiguredNames.BoundByFramework(services).Intersect(registrations.Select(registration => registration.Name).Append(Options.DefaultName), StringComparer.Ordinal)
        select $"RewtOptions of the scheme '{SchemeNames.Of(name)}' are read with Configure<RewtOptions>(section) or BindConfiguration, which ignore misspelt names and a text where a list is expected. "
            + "Pass the section to AddRewtAuthentication, AddRewt or AddRewtKeys instead.";

    /// <summary>
    /// Returns an error for each list that is shorter in a later configuration source. The check covers all sections from which the options were
    /// read.
    /// </summary>
    private IEnumerable<string> MergedLists(RewtOptions options) =>
        from configuration in options.Sections
        let root = configuration is IConfigurationSection ? services.GetService<IConfiguration>() : configuration
        from setting in Setting.Of(options).Where(setting => setting.IsList)
        let path = configuration is IConfigurationSection section ? $"{section.Path}:{setting.Path}" : setting.Path
        let problem = MergedListCheck.Problem(root, path)
        where problem is not null
        select path + problem;

    /// <summary>
    /// Returns an error for each setting that should contain a name but contains a key or a token. The key or token would become visible in tokens,
    /// logs and Redis.
    /// </summary>
    private static IEnumerable<string> KeysForNames(RewtOptions o)
    {
        (string Setting, IEnumerable<string?> Names)[] all =
        [
            (nameof(o.Namespace), [o.Namespace]), (nameof(o.ServiceName), [o.ServiceName]), (nameof(o.TrustedIssuers), o.TrustedIssuers), (nameof(o.RequiredClaims), o.RequiredClaims),
        ];
        return from setting in all
               from name in setting.Names
               where name is not null && KeyMaterial.IsLikely(name)
               select $"{setting.Setting} seems to be a key or a token ({name.Length} characters), but a name is expected.";
    }

    public static IEnumerable<string> Errors(RewtOptions o)
    {
        if (!Names.IsNamespace(o.Namespace))
        {
            yield return $"Namespace must be 1 to {Names.MaximumLength} letters, digits, '.', '_', '-' or ':'.";
        }

        if (!Names.IsName(o.ServiceName))
        {
            yield return $"ServiceName must be 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'; set it to the name by which callers know this service.";
        }

        if (!Enum.IsDefined(o.KeyMode)) yield return "KeyMode must be SharedSecret or KeyPair.";
        else if (o is { HasKeyMode: true, KeyMode: KeyMode.SharedSecret } && ConfiguredKeySource.IsConfigured(o)) yield return "KeyMode is SharedSecret, but the keys in SigningKey and VerificationKeys are key pairs. Remove KeyMode, or set it to KeyPair.";
        if (o.AlsoAccept is { } other && !Enum.IsDefined(other)) yield return "AlsoAccept must be SharedSecret or KeyPair, or not be set.";
        if (o.KeyPairs.Algorithm is not ("ES256" or "RS256") && !(o.KeyPairs.Algorithm is "ES384" or "PS256" && ConfiguredKeySource.IsConfigured(o)))
        {
            yield return "KeyPairs:Algorithm must be ES256 or RS256; ES384 and PS256 are for keys of SigningKey and VerificationKeys only.";
        }

        if (o.TrustedIssuers.Any(issuer => !Names.IsName(issuer) && (o.VerificationKeys.Count == 0 || issuer is null || !Names.IsForeignIdentifier(issuer))))
        {
            yield return $"TrustedIssuers must be names of services: 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'.";
        }

        if (o.RotationInterval > LongestInterval) yield return "RotationInterval must be at most 3650 days.";
        var isRefreshed = o.RefreshInterval >= TimeSpan.FromMilliseconds(100) && o.RefreshInterval <= LongestRefreshInterval;
        if (!isRefreshed) yield return $"RefreshInterval ({o.RefreshInterval}) must be from 100 ms to 31 days. The default is 5 s or a tenth of RotationInterval, whichever is less.";

        if (o.RotationInterval.Ticks / 10 < o.RefreshInterval.Ticks)
        {
            yield return $"RotationInterval ({o.RotationInterval}) must be at least ten times RefreshInterval ({o.RefreshInterval}).";
        }

        // The default is a multiple of RefreshInterval, so the reading of the property can overflow.
        if (isRefreshed && (o.PropagationDelay < TimeSpan.Zero || o.PropagationDelay >= o.RotationInterval))
        {
            yield return $"PropagationDelay ({o.PropagationDelay}) must not be negative and must be less than RotationInterval ({o.RotationInterval}).";
        }

        if (o.TokenLifetime < TimeSpan.FromSeconds(1) || o.TokenLifetime.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            yield return $"TokenLifetime ({o.TokenLifetime}) must be at least one second and in whole seconds.";
        }

        if (o.MaxTokenLifetime < o.TokenLifetime || o.MaxTokenLifetime > LongestLifetime)
        {
            yield return $"MaxTokenLifetime ({o.MaxTokenLifetime}) must be at least TokenLifetime ({o.TokenLifetime}) and at most 31 days.";
        }

        if (o.RotationInterval > TimeSpan.Zero && o.MaxTokenLifetime / o.RotationInterval > RingSchedule.MostRotations)
        {
            yield return $"MaxTokenLifetime ({o.MaxTokenLifetime}) must be at most {RingSchedule.MostRotations} times RotationInterval ({o.RotationInterval}), because retired keys are kept for at least MaxTokenLifetime, and their number is limited.";
        }

        if (o.ClockSkew < TimeSpan.Zero || o.ClockSkew > TimeSpan.FromMinutes(10))
        {
            yield return $"ClockSkew ({o.ClockSkew}) must be from zero to 10 minutes.";
        }

        if (o.Tenants.Enabled && (o.KeyMode == KeyMode.KeyPair || o.AlsoAccept is not null || o.AcceptNodeTokens || ConfiguredKeySource.IsConfigured(o)))
        {
            yield return "Tenants:Enabled requires keys that are derived from the shared secret: set KeyMode to SharedSecret and remove AlsoAccept, AcceptNodeTokens and the key files, or set Tenants:Enabled to false.";
        }

        if (o.Tenants.CacheSize is < 16 or > 1_000_000) yield return $"Tenants:CacheSize must be from 16 to 1,000,000 but is {o.Tenants.CacheSize}.";

        if (o.Binding.MaxBodyBytes < 0) yield return "Binding:MaxBodyBytes must not be negative.";
        if (!IsPath(o.Binding.ProxyRemovesPath)) yield return "Binding:ProxyRemovesPath must begin with '/', must not end with it and must not contain '?' or '#'; for example /payments.";
        if (!IsPath(o.Binding.ProxyAddsPath)) yield return "Binding:ProxyAddsPath must begin with '/', must not end with it and must not contain '?' or '#'; for example /internal.";
        if (o.StaleBudget < o.RefreshInterval || o.StaleBudget > LongestInterval)
        {
            yield return $"StaleBudget ({o.StaleBudget}) must be at least RefreshInterval ({o.RefreshInterval}) and at most 3650 days.";
        }
    }

    private static bool IsPath(string? path) => path is null || (path.StartsWith('/') && !path.EndsWith('/') && !path.AsSpan().ContainsAny('?', '#', ' '));
}
