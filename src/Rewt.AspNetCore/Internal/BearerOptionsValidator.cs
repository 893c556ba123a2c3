using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Rewt.Internal;

/// <summary>
/// A start-up check that refuses token handlers, and validators such as <c>LifetimeValidator</c>, in the <c>JwtBearerOptions</c> of Rewt's schemes.
/// Such handlers and validators would never run, because Rewt verifies the tokens itself.
/// </summary>
internal sealed class BearerOptionsValidator(IEnumerable<RewtScheme> schemes) : IValidateOptions<JwtBearerOptions>
{
    public ValidateOptionsResult Validate(string? name, JwtBearerOptions options)
    {
        if (schemes.All(scheme => scheme.Name != name)) return ValidateOptionsResult.Skip;

        var ignored = Ignored(options).ToList();
        return ignored.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(ignored.Select(rule =>
            $"JwtBearerOptions.{rule} of the scheme '{name}' would have no effect, because Rewt verifies tokens itself. Remove it, and check the token in OnTokenValidated instead."));
    }

    private static IEnumerable<string> Ignored(JwtBearerOptions options)
    {
        if (options.TokenHandlers is not [JsonWebTokenHandler handler] || handler.GetType() != typeof(JsonWebTokenHandler)) yield return nameof(options.TokenHandlers);
        if (options.UseSecurityTokenValidators) yield return nameof(options.UseSecurityTokenValidators);

        var parameters = options.TokenValidationParameters;
        (string Name, bool IsSet)[] rules =
        [
            (nameof(parameters.AlgorithmValidator), parameters.AlgorithmValidator is not null),
            (nameof(parameters.ValidAlgorithms), parameters.ValidAlgorithms?.Any() == true),
            (nameof(parameters.AudienceValidator), parameters.AudienceValidator is not null),
            (nameof(parameters.LifetimeValidator), parameters.LifetimeValidator is not null),
            (nameof(parameters.SignatureValidator), parameters.SignatureValidator is not null),
            (nameof(parameters.SignatureValidatorUsingConfiguration), parameters.SignatureValidatorUsingConfiguration is not null),
            (nameof(parameters.TokenReader), parameters.TokenReader is not null),
        ];
        foreach (var (rule, _) in rules.Where(rule => rule.IsSet)) yield return $"{nameof(options.TokenValidationParameters)}.{rule}";
    }
}
