using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The store that keeps published public keys in the memory of one process, for tests and development. The store behaves like the store in Redis,
/// including the expiry of entries.
/// </summary>
internal sealed class InMemoryPairStore(TimeProvider time) : IPairStore
{
    private readonly Lock _gate = new();
    private Action? _changed;
    private readonly Dictionary<string, Ring> _rings = new(StringComparer.Ordinal);
    private ImmutableDictionary<KeyId, StoreTime> _revoked = ImmutableDictionary<KeyId, StoreTime>.Empty;

    private StoreTime Now => StoreTime.From(time.GetUtcNow());

    public Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var rings = services.Concat(asked.Where(service => _rings.ContainsKey(service))).Distinct(StringComparer.Ordinal)
                .ToDictionary(service => service, service => _rings.TryGetValue(service, out var ring) ? ring.Read(Now) : ServiceReading.Empty, StringComparer.Ordinal);
            return Task.FromResult(new PairReading(Now, _revoked, rings));
        }
    }

    public Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var ring = RingOf(service);
            var former = ring.Read(Now);
            ring.Epoch = former.Epoch ?? plan.Epoch;
            ring.Entries = former.Entries.ToImmutableDictionary(StringComparer.Ordinal).SetItems(plan.Entries).RemoveRange(plan.Removed);
            ring.Revoked = ring.Revoked.SetItems(plan.Revoked);
            ring.KeysUntil = plan.KeysUntil;
        }

        if (plan.IsNews) Volatile.Read(ref _changed)?.Invoke();
        return Task.CompletedTask;
    }

    public Task<StoreTime> RevokeAsync(string? service, KeyId keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (service is null) _revoked = _revoked.SetItem(keyId, forgetAt);
            else
            {
                var ring = RingOf(service);
                (ring.Revoked, ring.Entries) = (ring.Revoked.SetItem(keyId, forgetAt), ring.Entries.Remove(keyId.ToString()));
            }
        }

        var written = Now;
        Volatile.Read(ref _changed)?.Invoke();
        return Task.FromResult(written);
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        lock (_gate) _changed += onChange;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Ring RingOf(string service) => _rings.TryGetValue(service, out var ring) ? ring : _rings[service] = new Ring();

    /// <summary>The published public keys and the revocations of one service in the in-memory store.</summary>
    private sealed class Ring
    {
        public string? Epoch { get; set; }

        public ImmutableDictionary<string, byte[]> Entries { get; set; } = ImmutableDictionary<string, byte[]>.Empty;

        public ImmutableDictionary<KeyId, StoreTime> Revoked { get; set; } = ImmutableDictionary<KeyId, StoreTime>.Empty;

        public StoreTime KeysUntil { get; set; }

        public ServiceReading Read(StoreTime now) => new(Epoch, now < KeysUntil ? Entries : ImmutableDictionary<string, byte[]>.Empty, Revoked);
    }
}
