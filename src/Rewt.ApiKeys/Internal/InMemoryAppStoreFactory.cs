using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>Opens one in-memory store for each namespace, shared within the service provider.</summary>
internal sealed class InMemoryAppStoreFactory : IAppStoreFactory
{
    private readonly ConcurrentDictionary<string, InMemoryAppStore> _stores = new(StringComparer.Ordinal);

    public IAppStore Open(RewtOptions options) => _stores.GetOrAdd(options.Namespace, static _ => new InMemoryAppStore());
}
