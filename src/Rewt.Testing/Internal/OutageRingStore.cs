namespace Rewt.Internal;

/// <summary>A wrapper of a key ring's store that fails while a test simulates an outage.</summary>
internal sealed class OutageRingStore(IRingStore store, Outage outage) : IRingStore
{
    public ITenantStore? Tenants => store.Tenants is { } tenants ? new OutageTenantStore(tenants, outage) : null;

    public Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        outage.Check();
        return store.ReadAsync(cancellationToken);
    }

    public Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.TryApplyAsync(basis, plan, cancellationToken);
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.SubscribeAsync(onChange, cancellationToken);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
