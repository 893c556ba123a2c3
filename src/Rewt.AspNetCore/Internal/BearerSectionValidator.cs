using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Checks the section <c>Authentication:Schemes:{scheme}</c>, in which JwtBearer ignores unknown names and a text in place of a list. Without its
/// issuers, a scheme would accept every service.
/// </summary>
internal sealed class BearerSectionValidator(IServiceProvider services, IEnumerable<RewtScheme> schemes) : IValidateOptions<RewtOptions>
{
    private static readonly string[] Names =
    [
        .. typeof(JwtBearerOptions).GetProperties().Concat(typeof(TokenValidationParameters).GetProperties()).Select(property => property.Name), "SigningKeys",
    ];

    private static readonly string[] Lists = [nameof(TokenValidationParameters.ValidIssuers), nameof(TokenValidationParameters.ValidAudiences)];

    public ValidateOptionsResult Validate(string? name, RewtOptions options)
    {
        if (schemes.FirstOrDefault(scheme => RewtSchemes.RingOf(scheme.Name) == name) is not { } scheme) return ValidateOptionsResult.Skip;
        var section = services.GetService<IConfiguration>()?.GetSection($"Authentication:Schemes:{scheme.Name}");
        var errors = section?.GetChildren().Select(setting => Error(setting, section.Path)).OfType<string>().ToList();
        return errors is { Count: > 0 } ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Skip;
    }

    private static string? Error(IConfigurationSection setting, string path)
    {
        if (!Names.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)) return $"{path}:{SettingsSection.Plain(setting.Key)} is not a setting of JwtBearer{SettingsSection.Suggestion(setting.Key, Names)}";
        return Lists.Contains(setting.Key, StringComparer.OrdinalIgnoreCase) && SettingsSection.ProblemOfList(setting, $"{path}:{setting.Key}") is { } problem ? $"{path}:{setting.Key}{problem}" : null;
    }
}
