using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>The signing clients by name, each made once: a handler lives for two minutes, its tokens and rules for good.</summary>
internal sealed class SigningClients(
    IServiceProvider services,
    IOptionsMonitor<RewtSigningOptions> options,
    IOptionsMonitor<RewtOptions> rings,
    IOptionsMonitor<HttpClientFactoryOptions> clients)
{
    private readonly ConcurrentDictionary<string, Lazy<SigningClient>> _clients = new(StringComparer.Ordinal);

    public SigningClient Get(string name) => _clients.GetOrAdd(name, key => new Lazy<SigningClient>(() => Create(key))).Value;

    private SigningClient Create(string name)
    {
        var settings = options.Get(name);
        var ring = rings.Get(settings.Ring);
        var guard = new OriginGuard(() => Origins(name, settings), settings.AllowInsecureHttp || ring.AllowInsecureHttp, name);
        return new SigningClient(settings, services.GetRequiredKeyedService<BearerTokens>(settings.Ring), guard, services.GetService<ICallerClaims>());
    }

    private HashSet<Origin> Origins(string name, RewtSigningOptions settings)
    {
        if (settings.AllowedOrigins.Count > 0) return [.. settings.AllowedOrigins.Select(origin => Origin.TryParse(origin)!.Value)];
        if (name == SigningRegistration.AllClients) return [];

        // A handler cannot see its client's BaseAddress; the factory's actions tell it to a client that sends nothing.
        using var probe = new HttpClient();
        foreach (var action in clients.Get(name).HttpClientActions) action(probe);
        return probe.BaseAddress is { } address ? [Origin.Of(address)] : [];
    }
}
