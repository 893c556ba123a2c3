namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Stores that cannot be reached.</summary>
internal sealed class AwayStores : IRingStoreFactory
{
    public IRingStore Open(RewtOptions options) => throw new NotSupportedException();

    public IPairStore OpenPairs(RewtOptions options) => new Away();

    private sealed class Away : IPairStore
    {
        public Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken) => throw new IOException("away");

        public Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken) => throw new IOException("away");

        public Task RevokeAsync(string? service, string keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken) => throw new IOException("away");

        public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => throw new IOException("away");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
