using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Creates the <see cref="OriginGuard"/> of an HTTP client. The guard permits credentials for the <c>AllowedOrigins</c> of the client's options. If
/// the options contain no allowed origins, the guard permits credentials for the <c>BaseAddress</c> of the client.
/// </summary>
internal static class ClientOrigins
{
    /// <summary>Creates the guard. The allowed origins are determined at the first request, because the client is configured by then.</summary>
    public static OriginGuard Guard(IServiceProvider services, string client, IList<string> allowed, bool allowInsecureHttp, CredentialNaming naming) =>
        new(() => Of(client, allowed, services.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get(client)), allowInsecureHttp, client, naming);

    private static HashSet<Origin> Of(string client, IList<string> allowed, HttpClientFactoryOptions factory)
    {
        if (allowed.Count > 0) return [.. allowed.Select(origin => Origin.TryParse(origin)!)];
        if (client == SigningRegistration.AllClients) return [];

        // A handler cannot see the BaseAddress of its client, so the factory's configuration actions run on a client that sends nothing.
        using var probe = new HttpClient();
        foreach (var action in factory.HttpClientActions) action(probe);
        return probe.BaseAddress is { } address ? [Origin.Of(address)] : [];
    }
}
