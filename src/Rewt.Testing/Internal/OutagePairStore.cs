namespace Rewt.Internal;

/// <summary>A wrapper of a store of public keys that fails while a test simulates an outage.</summary>
internal sealed class OutagePairStore(IPairStore store, Outage outage) : IPairStore
{
    public Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.ReadAsync(services, asked, cancellationToken);
    }

    public Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.WriteAsync(service, plan, cancellationToken);
    }

    public Task RevokeAsync(string? service, string keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.RevokeAsync(service, keyId, now, forgetAt, cancellationToken);
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.SubscribeAsync(onChange, cancellationToken);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
