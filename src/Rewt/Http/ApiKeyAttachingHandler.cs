using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Rewt.Internal;

/// <summary>
/// The HTTP message handler of <c>AddRewtApiKey</c>. The handler sets the <c>Authorization</c> header of each request to the API key of the client.
/// </summary>
/// <param name="options">The options of the HTTP client.</param>
/// <param name="guard">The check of the origins that may receive the API key.</param>
/// <param name="scopes">Creates the service scope for a call of <see cref="RewtApiKeyClientOptions.GetApiKey"/>.</param>
/// <param name="configuration">The configuration of the application, which may be reloaded; <see langword="null"/> if the application has no
/// configuration.</param>
internal sealed class ApiKeyAttachingHandler(RewtApiKeyClientOptions options, OriginGuard guard, IServiceScopeFactory scopes, IConfiguration? configuration) : CredentialsHandler(guard)
{
    public const string Setting = "Rewt:ApiKey";

    /// <summary>The last valid key. If the configuration is reloaded without a valid key, the former key stays in use.</summary>
    private string? _key = options.ApiKey;

    private string? Key
    {
        get
        {
            if (options.IsConfigured && configuration?[Setting] is { } key && key != _key && ApiKeyFormat.AppIdOf(key) is not null) _key = key;
            return _key;
        }
    }

    protected override async ValueTask AttachAsync(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken) =>
        history.Attach(request, Header(options.GetApiKey is { } get ? await CallAsync(get, cancellationToken).ConfigureAwait(false) : Key));

    protected override void Attach(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken) => history.Attach(request, options.GetApiKey is null
        ? Header(Key)
        : throw new InvalidOperationException($"The HTTP client '{Guard.Client}' gets its API key from an asynchronous delegate, which HttpClient.Send does not support. Use SendAsync."));

    /// <summary>Calls the delegate in a service scope of its own, because concurrent requests share the scope of this handler.</summary>
    private async ValueTask<string> CallAsync(Func<IServiceProvider, CancellationToken, ValueTask<string>> get, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await get(scope.ServiceProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private AuthenticationHeaderValue Header(string? key) => key is not null && ApiKeyFormat.AppIdOf(key) is not null
        ? new AuthenticationHeaderValue("ApiKey", key)
        : throw new InvalidOperationException($"The HTTP client '{Guard.Client}' has no API key: {ApiKeyClientOptionsValidator.WhatAKeyIs}");
}
