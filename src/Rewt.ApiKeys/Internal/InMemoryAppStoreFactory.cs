using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>Opens the in-memory app store of a namespace. Each call on one factory returns the same store.</summary>
internal sealed class InMemoryAppStoreFactory : IAppStoreFactory
{
    private readonly ConcurrentDictionary<string, InMemoryAppStore> _stores = new(StringComparer.Ordinal);

    public IAppStore Open(RewtOptions options) => _stores.GetOrAdd(options.Namespace, static _ => new InMemoryAppStore());
}
