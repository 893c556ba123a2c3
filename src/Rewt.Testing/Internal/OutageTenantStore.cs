namespace Rewt.Internal;

/// <summary>A wrapper of a store of tenants that fails while a test simulates an outage.</summary>
internal sealed class OutageTenantStore(ITenantStore store, Outage outage) : ITenantStore
{
    public Task<IReadOnlyList<TenantGeneration>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.FindAsync(tenants, cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, TenantGeneration>> ListAsync(CancellationToken cancellationToken)
    {
        outage.Check();
        return store.ListAsync(cancellationToken);
    }

    public Task<IReadOnlyList<TenantLogEntry>?> ListWritesAsync(string? stamp, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.ListWritesAsync(stamp, cancellationToken);
    }

    public Task MergeAsync(IReadOnlyDictionary<string, TenantGeneration> states, string by, StoreTime forgetBefore, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.MergeAsync(states, by, forgetBefore, cancellationToken);
    }
}
