using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Validates the options of each client with <c>AddRewtApiKey</c> when the application starts, and reports all errors of a client at once. No error
/// contains any part of a key.
/// </summary>
internal sealed class ApiKeyClientOptionsValidator(IEnumerable<ApiKeyRegistration> registrations) : IValidateOptions<RewtApiKeyClientOptions>
{
    public const string WhatAKeyIs =
        "set Rewt:ApiKey, or ApiKey or GetApiKey in AddRewtApiKey, to the complete key as it was shown at its creation: rewt_<app>_<51 characters>, case-sensitive.";

    public ValidateOptionsResult Validate(string? name, RewtApiKeyClientOptions options)
    {
        if (registrations.All(registration => registration.Client != name)) return ValidateOptionsResult.Skip;

        var errors = Errors(name, options).Select(error => $"AddRewtApiKey of the HTTP client '{name}': {error}").ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(string? name, RewtApiKeyClientOptions options)
    {
        if (options.GetApiKey is null && (options.ApiKey is not { } key || ApiKeyFormat.AppIdOf(key) is null)) yield return $"no valid API key is set: {WhatAKeyIs}";
        if (name == SigningRegistration.AllClients && options.AllowedOrigins.Count == 0)
        {
            yield return "AllowedOrigins is required with ConfigureHttpClientDefaults, because otherwise clients of external services would send the key.";
        }

        foreach (var error in Origin.Errors(options.AllowedOrigins)) yield return error;
    }
}
