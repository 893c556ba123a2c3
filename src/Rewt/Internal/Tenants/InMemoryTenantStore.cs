using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>Tenants' key rings in the memory of one process.</summary>
internal sealed class InMemoryTenantStore(TimeProvider time) : ITenantStore
{
    private readonly ConcurrentDictionary<string, InMemoryRingStore> _rings = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Action<string>> _lookers = [];

    public IRingStore Ring(string tenant) => _rings.GetOrAdd(tenant, Create);

    public Task<IReadOnlySet<string>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<string>>(
            tenants.Where(tenant => _rings.TryGetValue(tenant, out var ring) && ring.HasRing).ToHashSet(StringComparer.Ordinal));

    public Task SubscribeAsync(Action<string> look, CancellationToken cancellationToken)
    {
        _lookers.Add(look);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private InMemoryRingStore Create(string tenant)
    {
        var ring = new InMemoryRingStore(time);
        ring.OnChange(() =>
        {
            foreach (var look in _lookers) look(tenant);
        });
        return ring;
    }
}
