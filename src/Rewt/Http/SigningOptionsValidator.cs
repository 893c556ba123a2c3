using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Validates the options of each client with <c>AddRewtSigning</c> when the application starts, and reports all errors of a client at once.
/// </summary>
internal sealed class SigningOptionsValidator(IServiceProvider services, IEnumerable<RingRegistration> rings, IOptionsMonitor<RewtOptions> namespaces)
    : IValidateOptions<RewtSigningOptions>
{
    public ValidateOptionsResult Validate(string? name, RewtSigningOptions options)
    {
        var errors = Errors(name, options).Select(error => $"AddRewtSigning of the HTTP client '{name}': {error}").ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private IEnumerable<string> Errors(string? name, RewtSigningOptions options)
    {
        if (rings.All(ring => ring.Name != options.SchemeOptions)) yield return $"Scheme is {KeyMaterial.Shown(options.Scheme ?? string.Empty)}, which is not a registered scheme; add it with AddRewtKeys(name).";
        else if (options.Audience is { } audience && (KeyMaterial.IsLikely(audience) || (!Names.IsName(audience) && audience != namespaces.Get(options.SchemeOptions).Namespace)))
        {
            yield return $"Audience must be a service name: 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'.";
        }
        else if (namespaces.Get(options.SchemeOptions) is { EffectiveKeyMode: KeyMode.KeyPair } pairs && (options.Audience is null || options.Audience == pairs.Namespace))
        {
            yield return $"{pairs.Section}:KeyMode is KeyPair, so a token is for one service. Set the audience: AddRewtSigning(\"inventory\").";
        }

        if (name == SigningRegistration.AllClients && options.AllowedOrigins.Count == 0)
        {
            yield return "AllowedOrigins is required with ConfigureHttpClientDefaults, because otherwise clients of external services would send tokens.";
        }

        foreach (var origin in Origin.Errors(options.AllowedOrigins)) yield return origin;

        if (options.Retry && KeyRetry.Error(options) is { } error) yield return error;
        if ((options.Binding & ~(RequestBinding.Target | RequestBinding.Body)) != RequestBinding.None) yield return "Binding must be a combination of Target and Body.";
        if (options.MaxBufferedBodyBytes < 0) yield return "MaxBufferedBodyBytes must not be negative.";
        if (options.ForwardClaims.Count > 0 && services.GetService<ICallerClaims>() is null)
        {
            yield return "ForwardClaims requires the package Rewt.AspNetCore and AddRewtAuthentication, which authenticate the caller.";
        }

        if (options.ForwardClaims.Any(string.IsNullOrWhiteSpace)) yield return "ForwardClaims has an empty name.";
        foreach (var reserved in options.ForwardClaims.Where(ReservedClaims.Contains))
        {
            yield return $"ForwardClaims contains '{reserved}', which Rewt sets itself; remove it.";
        }
    }
}
