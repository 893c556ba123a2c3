namespace Rewt.Internal;

/// <summary>A store of tenants' key rings that fails during a simulated outage.</summary>
internal sealed class OutageTenantStore(ITenantStore store, Outage outage) : ITenantStore
{
    public IRingStore Ring(string tenant) => new OutageRingStore(store.Ring(tenant), outage);

    public Task<IReadOnlySet<string>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.FindAsync(tenants, cancellationToken);
    }

    public Task SubscribeAsync(Action<string> onChange, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.SubscribeAsync(onChange, cancellationToken);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
