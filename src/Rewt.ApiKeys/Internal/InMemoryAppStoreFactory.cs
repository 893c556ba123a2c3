using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>Opens one in-memory app store for each namespace, which all services of one container share.</summary>
internal sealed class InMemoryAppStoreFactory : IAppStoreFactory
{
    private readonly ConcurrentDictionary<string, InMemoryAppStore> _stores = new(StringComparer.Ordinal);

    public IAppStore Open(RewtOptions options) => _stores.GetOrAdd(options.Namespace, static _ => new InMemoryAppStore());
}
