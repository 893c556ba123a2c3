using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>Opens the store in memory that contains the trusted apps of a namespace. All calls for one namespace return the same store.</summary>
internal sealed class InMemoryAppStoreFactory : IAppStoreFactory
{
    private readonly ConcurrentDictionary<string, InMemoryAppStore> _stores = new(StringComparer.Ordinal);

    public IAppStore Open(RewtOptions options) => _stores.GetOrAdd(options.Namespace, static _ => new InMemoryAppStore());
}
