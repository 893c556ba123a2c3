using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// The hosted service that requests the signing keys of the HTTP clients with <c>AddRewtSigning</c> when the application starts. With key pairs, this
/// process therefore publishes its new key early, usually before the first request of a client. The start of the application does not wait for the
/// keys.
/// </summary>
internal sealed class SigningStart(IServiceProvider services, IEnumerable<SigningRegistration> clients, IOptionsMonitor<RewtSigningOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var ring in clients.Select(client => options.Get(client.Client).SchemeOptions).Distinct(StringComparer.Ordinal))
        {
            services.GetRequiredKeyedService<KeyRingProvider>(ring).WantSigningKey();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
