using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>What the handlers of one client share: its key and where it may go.</summary>
internal sealed class ApiKeyClient(RewtApiKeyClientOptions options, OriginGuard guard, IServiceProvider services, string client)
{
    public OriginGuard Guard => guard;

    /// <exception cref="InvalidOperationException">There is no key, or what was given is none.</exception>
    public async ValueTask<AuthenticationHeaderValue> HeaderAsync(CancellationToken cancellationToken) =>
        Header(options.GetApiKey is { } get ? await get(services, cancellationToken).ConfigureAwait(false) : options.ApiKey);

    /// <summary>For synchronous callers.</summary>
    /// <exception cref="InvalidOperationException">There is no key, or only a delegate that would have to be waited for.</exception>
    public AuthenticationHeaderValue Header() => options.GetApiKey is null
        ? Header(options.ApiKey)
        : throw new InvalidOperationException($"The HTTP client '{client}' gets its API key from a delegate, for which HttpClient.Send cannot wait; use SendAsync.");

    private AuthenticationHeaderValue Header(string? key) => key is not null && ApiKeyFormat.AppIdOf(key) is not null
        ? new AuthenticationHeaderValue("ApiKey", key)
        : throw new InvalidOperationException($"The HTTP client '{client}' has no API key: {ApiKeyClientOptionsValidator.WhatAKeyIs}");
}
