using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A start-up check of the configuration section <c>Authentication:Schemes:{scheme}</c> of each Rewt scheme. The check refuses unknown setting names,
/// and a text where a list or the section is expected. JwtBearer itself ignores such errors. For example, a service with a misspelt
/// <c>ValidIssuers</c> would accept every issuer.
/// </summary>
internal sealed class BearerSectionValidator(IServiceProvider services, IEnumerable<RewtScheme> schemes) : IValidateOptions<RewtOptions>
{
    private const string SigningKeys = "SigningKeys";

    private static readonly string[] Lists = [nameof(TokenValidationParameters.ValidIssuers), nameof(TokenValidationParameters.ValidAudiences)];

    /// <summary>The names of the settings that JwtBearer reads from a configuration section.</summary>
    private static readonly string[] Names =
    [
        .. Lists, SigningKeys,
        nameof(TokenValidationParameters.ValidateIssuer), nameof(TokenValidationParameters.ValidIssuer), nameof(TokenValidationParameters.ValidateAudience),
        nameof(TokenValidationParameters.ValidAudience), nameof(JwtBearerOptions.Authority), nameof(JwtBearerOptions.BackchannelTimeout), nameof(JwtBearerOptions.Challenge),
        nameof(JwtBearerOptions.ForwardAuthenticate), nameof(JwtBearerOptions.ForwardChallenge), nameof(JwtBearerOptions.ForwardDefault), nameof(JwtBearerOptions.ForwardForbid),
        nameof(JwtBearerOptions.ForwardSignIn), nameof(JwtBearerOptions.ForwardSignOut), nameof(JwtBearerOptions.IncludeErrorDetails), nameof(JwtBearerOptions.MapInboundClaims),
        nameof(JwtBearerOptions.MetadataAddress), nameof(JwtBearerOptions.RefreshInterval), nameof(JwtBearerOptions.RefreshOnIssuerKeyNotFound),
        nameof(JwtBearerOptions.RequireHttpsMetadata), nameof(JwtBearerOptions.SaveToken),
    ];

    public ValidateOptionsResult Validate(string? name, RewtOptions options)
    {
        if (schemes.FirstOrDefault(scheme => SchemeNames.OptionsNameOf(scheme.Name) == name) is not { } scheme) return ValidateOptionsResult.Skip;
        var configuration = services.GetService<IConfiguration>();
        var section = configuration?.GetSection($"Authentication:Schemes:{scheme.Name}");
        var errors = section?.GetChildren().Select(setting => Error(setting, section.Path, configuration!)).Prepend(SettingsSection.ProblemOfSection(section)).OfType<string>().ToList();
        return errors is { Count: > 0 } ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Skip;
    }

    private static string? Error(IConfigurationSection setting, string path, IConfiguration configuration)
    {
        if (!Names.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)) return $"{path}:{SettingsSection.Plain(setting.Key)} is not a setting of JwtBearer{SettingsSection.Suggestion(setting.Key, Names)}";
        if (setting.Key.Equals(SigningKeys, StringComparison.OrdinalIgnoreCase)) return null;

        var problem = Lists.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)
            ? SettingsSection.ProblemOfList(setting, $"{path}:{setting.Key}") ?? MergedListCheck.Problem(configuration, setting.Path)
            : SettingsSection.ProblemOfValue(setting);
        return problem is null ? null : $"{path}:{setting.Key}{problem}";
    }
}
