using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// The HTTP message handler of <c>AddRewtApiKey</c>. The handler sets the <c>Authorization</c> header of each request to the API key of the client.
/// </summary>
/// <param name="options">The options of the HTTP clients, which are read for each request, because the configuration may change.</param>
/// <param name="guard">The check of the origins that may receive the API key.</param>
/// <param name="scopes">Creates the service scope for a call of <see cref="RewtApiKeyClientOptions.GetApiKey"/>.</param>
internal sealed class ApiKeyAttachingHandler(IOptionsMonitor<RewtApiKeyClientOptions> options, OriginGuard guard, IServiceScopeFactory scopes) : CredentialsHandler(guard)
{
    private RewtApiKeyClientOptions Current => options.Get(Guard.Client);

    protected override async ValueTask AttachAsync(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken)
    {
        var current = Current;
        history.Attach(request, Header(current.GetApiKey is { } get ? await CallAsync(get, cancellationToken).ConfigureAwait(false) : current.ApiKey));
    }

    protected override void Attach(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken) => history.Attach(request, Current is { GetApiKey: null } current
        ? Header(current.ApiKey)
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
