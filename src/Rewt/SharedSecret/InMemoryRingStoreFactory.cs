using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>
/// Creates the stores in memory. The stores of a namespace are created once, so that all services of one service container share them.
/// </summary>
internal sealed class InMemoryRingStoreFactory(TimeProvider time) : IRingStoreFactory
{
    private readonly ConcurrentDictionary<string, InMemoryRingStore> _stores = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, InMemoryPairStore> _pairs = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, InMemoryOneTimeStore> _oneTime = new(StringComparer.Ordinal);

    public string Name => "the memory of this process";

    public IRingStore Open(RewtOptions options) => _stores.GetOrAdd(options.Namespace, _ => new InMemoryRingStore(time));

    public IOneTimeStore OpenOneTime(RewtOptions options) => _oneTime.GetOrAdd(options.Namespace, _ => new InMemoryOneTimeStore(time));

    public IPairStore OpenPairs(RewtOptions options) => _pairs.GetOrAdd(options.Namespace, _ => new InMemoryPairStore(time));
}
