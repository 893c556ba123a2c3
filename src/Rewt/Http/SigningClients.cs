using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Creates the <see cref="SigningClient"/> of each named HTTP client on first use, and keeps it as long as the application runs.
/// <c>IHttpClientFactory</c> replaces the handlers of a client every two minutes, but the new handlers use the same <see cref="SigningClient"/> and
/// its cached tokens.
/// </summary>
internal sealed class SigningClients(
    IServiceProvider services,
    IOptionsMonitor<RewtSigningOptions> options,
    IOptionsMonitor<RewtOptions> rings,
    RewtMetrics metrics,
    TimeProvider time,
    ILogger<RetryHandler> logger)
{
    private readonly ConcurrentDictionary<string, Lazy<SigningClient>> _clients = new(StringComparer.Ordinal);

    public SigningClient Get(string name) => _clients.GetOrAdd(name, key => new Lazy<SigningClient>(() => Create(key))).Value;

    private SigningClient Create(string name)
    {
        var settings = options.Get(name);
        var ring = rings.Get(settings.SchemeOptions);
        var guard = ClientOrigins.Guard(services, name, settings.AllowedOrigins, settings.AllowInsecureHttp || ring.AllowInsecureHttp, CredentialNaming.Token(ring));
        var tokens = services.GetRequiredKeyedService<BearerTokenCache>(settings.SchemeOptions);
        var retry = settings.Retry ? new KeyRetry(settings, new RefusedKeyChecks(tokens, ring.RefreshInterval, time), metrics, time, logger) : null;
        return new SigningClient(name, settings, tokens, guard, retry, services.GetService<ICallerClaims>(), logger);
    }
}
