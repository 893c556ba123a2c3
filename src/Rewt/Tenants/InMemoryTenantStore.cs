using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>Tenants' key rings in the memory of one process.</summary>
internal sealed class InMemoryTenantStore(TimeProvider time) : ITenantStore
{
    private readonly ConcurrentDictionary<string, InMemoryRingStore> _rings = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Action<string>> _subscribers = [];

    public IRingStore Ring(string tenant) => _rings.GetOrAdd(tenant, Create);

    public Task<IReadOnlySet<string>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<string>>(
            tenants.Where(tenant => _rings.TryGetValue(tenant, out var ring) && ring.HasRing).ToHashSet(StringComparer.Ordinal));

    public Task SubscribeAsync(Action<string> onChange, CancellationToken cancellationToken)
    {
        _subscribers.Add(onChange);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private InMemoryRingStore Create(string tenant)
    {
        var ring = new InMemoryRingStore(time);
        ring.OnChange(() =>
        {
            foreach (var subscriber in _subscribers) subscriber(tenant);
        });
        return ring;
    }
}
