namespace Rewt.Tests.BadInput;

/// <summary>Rings in memory whose secret is the forge's, and which count how often they are asked.</summary>
internal sealed class SeededStores(TimeProvider time) : IRingStoreFactory
{
    private int _reads;
    private int _writes;

    public int Reads => Volatile.Read(ref _reads);

    public int Writes => Volatile.Read(ref _writes);

    public IRingStore Open(RewtOptions options)
    {
        var store = new InMemoryRingStore(time);
        store.Set(Encoding.UTF8.GetBytes(TokenForge.KnownSecret), options.RotationInterval);
        return new CountingStore(this, store);
    }

    private sealed class CountingStore(SeededStores owner, InMemoryRingStore store) : IRingStore
    {
        public Task<RingReading> ReadAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref owner._reads);
            return store.ReadAsync(cancellationToken);
        }

        public Task<bool> TryApplyAsync(RingReading basis, RingPlan plan, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref owner._writes);
            return store.TryApplyAsync(basis, plan, cancellationToken);
        }

        public Task SubscribeAsync(Action look, CancellationToken cancellationToken) => store.SubscribeAsync(look, cancellationToken);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
