using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>One store a namespace and kind of key, shared by all of the container.</summary>
internal sealed class InMemoryRingStoreFactory(TimeProvider time) : IRingStoreFactory
{
    private readonly ConcurrentDictionary<string, InMemoryRingStore> _stores = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, InMemoryTenantStore> _tenants = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, InMemoryPairStore> _pairs = new(StringComparer.Ordinal);

    public IRingStore Open(RewtOptions options) => _stores.GetOrAdd(options.Namespace, _ => new InMemoryRingStore(time));

    public ITenantStore OpenTenants(RewtOptions options) => _tenants.GetOrAdd(options.Namespace, _ => new InMemoryTenantStore(time));

    public IPairStore OpenPairs(RewtOptions options) => _pairs.GetOrAdd(options.Namespace, _ => new InMemoryPairStore(time));
}
