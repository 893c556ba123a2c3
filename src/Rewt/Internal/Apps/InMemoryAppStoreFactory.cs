using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>One store a namespace, shared by all of the container.</summary>
internal sealed class InMemoryAppStoreFactory : IAppStoreFactory
{
    private readonly ConcurrentDictionary<string, InMemoryAppStore> _stores = new(StringComparer.Ordinal);

    public IAppStore Open(RewtOptions options) => _stores.GetOrAdd(options.Namespace, static _ => new InMemoryAppStore());
}
