using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>Says at the start which rings will sign, without waiting for any: a key of this process's own is out before the first call is made.</summary>
internal sealed class SigningStart(IServiceProvider services, IEnumerable<SigningRegistration> clients, IOptionsMonitor<RewtSigningOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var ring in clients.Select(client => options.Get(client.Client).Ring).Distinct(StringComparer.Ordinal))
        {
            // Which tenants will be signed for nobody knows yet.
            if (services.GetRequiredKeyedService<RewtOptions>(ring).Tenants) continue;
            services.GetRequiredKeyedService<RingKeeper>(ring).WantSigningKey();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
