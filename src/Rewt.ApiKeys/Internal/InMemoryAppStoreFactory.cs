using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>Opens the in-memory store of a namespace's trusted apps. Each call for the same namespace returns the same store.</summary>
internal sealed class InMemoryAppStoreFactory : IAppStoreFactory
{
    private readonly ConcurrentDictionary<string, InMemoryAppStore> _stores = new(StringComparer.Ordinal);

    public IAppStore Open(RewtOptions options) => _stores.GetOrAdd(options.Namespace, static _ => new InMemoryAppStore());
}
