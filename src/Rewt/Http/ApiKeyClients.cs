using System.Collections.Concurrent;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>Creates and caches an <see cref="ApiKeyClient"/> for each named client.</summary>
internal sealed class ApiKeyClients(
    IServiceProvider services, IOptionsMonitor<RewtApiKeyClientOptions> options, IOptionsMonitor<HttpClientFactoryOptions> clients)
{
    private readonly ConcurrentDictionary<string, Lazy<ApiKeyClient>> _clients = new(StringComparer.Ordinal);

    public ApiKeyClient Get(string name) => _clients.GetOrAdd(name, key => new Lazy<ApiKeyClient>(() => Create(key))).Value;

    private ApiKeyClient Create(string name)
    {
        var settings = options.Get(name);
        var guard = new OriginGuard(
            () => ClientOrigins.Of(name, settings.AllowedOrigins, clients.Get(name)), settings.AllowInsecureHttp, name, CredentialNaming.ApiKey);
        return new ApiKeyClient(settings, guard, services, name);
    }
}
