using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A start-up check that refuses token handlers, validators such as <c>LifetimeValidator</c>, and rules such as <c>ClockSkew</c>, in the
/// <c>JwtBearerOptions</c> of Rewt's schemes. These settings would have no effect, because Rewt verifies the tokens itself.
/// </summary>
internal sealed class BearerOptionsValidator(IEnumerable<RewtScheme> schemes, IOptionsMonitor<RewtOptions> rings) : IValidateOptions<JwtBearerOptions>
{
    private const string InEvent = "check the token in OnTokenValidated";

    /// <summary>
    /// Validation parameters with default values. The check compares them with the parameters of the application, to find changed values.
    /// </summary>
    private static readonly TokenValidationParameters Unchanged = new();

    public ValidateOptionsResult Validate(string? name, JwtBearerOptions options)
    {
        // The options of the key ring may be invalid themselves, so they are read only for a message.
        if (schemes.All(scheme => scheme.Name != name) || !Ignored(options, string.Empty).Any()) return ValidateOptionsResult.Skip;

        var section = rings.Get(SchemeNames.OptionsNameOf(name!)).Section;
        return ValidateOptionsResult.Fail(Ignored(options, section).Select(rule =>
            $"JwtBearerOptions.{rule.Name} of the scheme '{name}' would have no effect, because Rewt verifies tokens itself. Remove it, and {rule.Instead} instead."));
    }

    private static IEnumerable<(string Name, string Instead)> Ignored(JwtBearerOptions options, string section)
    {
        if (options.TokenHandlers is not [JsonWebTokenHandler handler] || handler.GetType() != typeof(JsonWebTokenHandler)) yield return (nameof(options.TokenHandlers), InEvent);
        if (options.UseSecurityTokenValidators) yield return (nameof(options.UseSecurityTokenValidators), InEvent);

        var parameters = options.TokenValidationParameters;
        const string Decryption = "send tokens that are not encrypted";
        (string Name, bool IsSet, string Instead)[] rules =
        [
            (nameof(parameters.AlgorithmValidator), parameters.AlgorithmValidator is not null, InEvent),
            (nameof(parameters.ValidAlgorithms), parameters.ValidAlgorithms?.Any() == true, InEvent),
            (nameof(parameters.AudienceValidator), parameters.AudienceValidator is not null, InEvent),
            (nameof(parameters.LifetimeValidator), parameters.LifetimeValidator is not null, InEvent),
            (nameof(parameters.SignatureValidator), parameters.SignatureValidator is not null, InEvent),
            (nameof(parameters.SignatureValidatorUsingConfiguration), parameters.SignatureValidatorUsingConfiguration is not null, InEvent),
            (nameof(parameters.TokenReader), parameters.TokenReader is not null, InEvent),
            (nameof(parameters.ClockSkew), parameters.ClockSkew != Unchanged.ClockSkew, $"set {section}:ClockSkew"),
            (nameof(parameters.ValidateLifetime), parameters.ValidateLifetime != Unchanged.ValidateLifetime, "send tokens that have not expired"),
            (nameof(parameters.RequireExpirationTime), parameters.RequireExpirationTime != Unchanged.RequireExpirationTime, $"set {section}:RequiredClaims"),
            (nameof(parameters.TokenDecryptionKey), parameters.TokenDecryptionKey is not null, Decryption),
            (nameof(parameters.TokenDecryptionKeys), parameters.TokenDecryptionKeys?.Any() == true, Decryption),
            (nameof(parameters.TokenDecryptionKeyResolver), parameters.TokenDecryptionKeyResolver is not null, Decryption),
        ];
        foreach (var (rule, _, instead) in rules.Where(rule => rule.IsSet)) yield return ($"{nameof(options.TokenValidationParameters)}.{rule}", instead);
    }
}
