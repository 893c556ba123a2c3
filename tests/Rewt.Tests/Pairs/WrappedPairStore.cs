namespace Rewt.Tests.Pairs;

/// <summary>Passes all calls to a store. Derived classes change some of them.</summary>
internal abstract class WrappedPairStore(IPairStore store) : IPairStore
{
    public virtual Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken) =>
        store.ReadAsync(services, asked, cancellationToken);

    public virtual Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken) => store.WriteAsync(service, plan, cancellationToken);

    public virtual Task<StoreTime> RevokeAsync(string? service, KeyId keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken) =>
        store.RevokeAsync(service, keyId, now, forgetAt, cancellationToken);

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => store.SubscribeAsync(onChange, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
