namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Provides stores that cannot be reached.</summary>
internal sealed class UnavailableStores : IRingStoreFactory
{
    public IRingStore Open(RewtOptions options) => throw new NotSupportedException();

    public IPairStore OpenPairs(RewtOptions options) => new UnavailablePairStore();

    private sealed class UnavailablePairStore : IPairStore
    {
        public Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken) =>
            throw new IOException("unavailable");

        public Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken) =>
            throw new IOException("unavailable");

        public Task<StoreTime> RevokeAsync(string? service, KeyId keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken) =>
            throw new IOException("unavailable");

        public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) =>
            throw new IOException("unavailable");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
