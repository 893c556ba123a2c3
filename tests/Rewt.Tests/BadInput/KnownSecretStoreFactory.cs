using Rewt.Tests.Ring;

namespace Rewt.Tests.BadInput;

/// <summary>Creates stores in memory that contain the secret of <see cref="TokenForge"/>, and counts their reads and writes.</summary>
internal sealed class KnownSecretStoreFactory(TimeProvider time) : IRingStoreFactory
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
