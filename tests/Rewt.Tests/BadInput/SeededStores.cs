using Rewt.Tests.Ring;

namespace Rewt.Tests.BadInput;

/// <summary>Rings in memory whose secret is the forge's, and which count how often they are asked.</summary>
internal sealed class SeededStores(TimeProvider time) : IRingStoreFactory
{
    private readonly ConcurrentBag<FaultyRingStore> _stores = [];

    public int Reads => _stores.Sum(store => store.Reads);

    public int Writes => _stores.Sum(store => store.Writes);

    public IRingStore Open(RewtOptions options)
    {
        var store = new InMemoryRingStore(time);
        store.Set(Encoding.UTF8.GetBytes(TokenForge.KnownSecret), options.RotationInterval);
        var counting = new FaultyRingStore(store);
        _stores.Add(counting);
        return counting;
    }
}
