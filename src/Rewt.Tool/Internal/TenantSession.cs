using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>Access to the tenants of a namespace for one command.</summary>
internal sealed class TenantSession : IAsyncDisposable
{
    /// <summary>The default rotation interval. It is long, so that users need not sign in again after a rotation.</summary>
    private static readonly TimeSpan DefaultRotation = TimeSpan.FromDays(31);

    private readonly ServiceProvider _services;
    private readonly ITenantStore _store;

    private TenantSession(ServiceProvider services, ITenantStore store) => (_services, _store) = (services, store);

    public IRewtTenants Tenants => _services.GetRequiredService<IRewtTenants>();

    public static TenantSession Open(ToolContext context, TimeSpan? rotation = null)
    {
        var services = RingSession.Services(context, options => (options.Tenants, options.RotationInterval) = (true, rotation ?? DefaultRotation));
        var settings = services.GetRequiredService<IOptionsMonitor<RewtOptions>>().CurrentValue;
        return new TenantSession(services, services.GetRequiredService<IRingStoreFactory>().OpenTenants(settings));
    }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => _store.ListAsync(cancellationToken);

    public async Task<bool> ExistsAsync(string tenant, CancellationToken cancellationToken) =>
        (await _store.FindAsync([TenantName.Require(tenant)], cancellationToken)).Count > 0;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _services.DisposeAsync();
    }
}
