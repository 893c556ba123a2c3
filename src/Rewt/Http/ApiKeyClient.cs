using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>What the handlers of one client with an API key share: the key and the origins that may receive it.</summary>
internal sealed class ApiKeyClient(RewtApiKeyClientOptions options, OriginGuard guard, IServiceProvider services, string client)
{
    public OriginGuard Guard => guard;

    /// <exception cref="InvalidOperationException">The key is missing or malformed.</exception>
    public async ValueTask<AuthenticationHeaderValue> HeaderAsync(CancellationToken cancellationToken) =>
        Header(options.GetApiKey is { } get ? await get(services, cancellationToken).ConfigureAwait(false) : options.ApiKey);

    /// <summary>Returns the header for a synchronous send.</summary>
    /// <exception cref="InvalidOperationException">The key is missing or malformed, or only an asynchronous delegate supplies it.</exception>
    public AuthenticationHeaderValue Header() => options.GetApiKey is null
        ? Header(options.ApiKey)
        : throw new InvalidOperationException($"The HTTP client '{client}' gets its API key from an asynchronous delegate, which HttpClient.Send does not support. Use SendAsync.");

    private AuthenticationHeaderValue Header(string? key) => key is not null && ApiKeyFormat.AppIdOf(key) is not null
        ? new AuthenticationHeaderValue("ApiKey", key)
        : throw new InvalidOperationException($"The HTTP client '{client}' has no API key: {ApiKeyClientOptionsValidator.WhatAKeyIs}");
}
