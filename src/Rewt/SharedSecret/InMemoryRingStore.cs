using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The store that keeps the ring of a shared secret and its tenants in the memory of one process, for tests and development. The store behaves like
/// the store in Redis, including the TTL.
/// </summary>
internal sealed class InMemoryRingStore(TimeProvider time) : IRingStore, ITenantStore
{
    private readonly Lock _gate = new();
    private Action? _changed;
    private byte[]? _secret;
    private StoreTime? _expireAt;
    private RingState? _ring;
    private ImmutableDictionary<KeyId, StoreTime> _revoked = ImmutableDictionary<KeyId, StoreTime>.Empty;

    private ImmutableDictionary<string, TenantState> _tenants = ImmutableDictionary<string, TenantState>.Empty;
    private ImmutableList<TenantLogEntry> _tenantLog = [];

    public ITenantStore Tenants => this;

    private StoreTime Now => StoreTime.From(time.GetUtcNow());

    public Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult(new RingReading(Slot(), _ring, _revoked, Now) { TenantStamp = _tenantLog.IsEmpty ? null : _tenantLog[0].Stamp });
    }

    public Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var slot = Slot();
            var unchanged = (slot.Value ?? []).AsSpan().SequenceEqual(basis.Slot.Value) && slot.IsAbsent == basis.Slot.IsAbsent
                && _ring?.Version == basis.Ring?.Version && _ring?.Epoch == basis.Ring?.Epoch;
            if (!unchanged) return Task.FromResult(false);

            if (plan.SetSecret is { } secret) (_secret, _expireAt) = (secret.CopyBytes(), null);
            if (plan.ExpireAt is { } expireAt) _expireAt = expireAt;
            _ring = plan.Ring;
            _revoked = _revoked.RemoveRange(_revoked.Where(pair => pair.Value <= basis.Now).Select(pair => pair.Key)).SetItems(plan.Revoked);
        }

        Volatile.Read(ref _changed)?.Invoke();
        return Task.FromResult(true);
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        lock (_gate) _changed += onChange;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<TenantState>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult<IReadOnlyList<TenantState>>([.. tenants.Select(tenant => _tenants.GetValueOrDefault(tenant))]);
    }

    public Task<IReadOnlyDictionary<string, TenantState>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult<IReadOnlyDictionary<string, TenantState>>(_tenants);
    }

    public Task<IReadOnlyList<TenantLogEntry>?> ListWritesAsync(string? stamp, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var index = stamp is null && _tenantLog.Count < TenantLogEntry.MostEntries ? _tenantLog.Count : _tenantLog.FindIndex(entry => entry.Stamp == stamp);
            return Task.FromResult<IReadOnlyList<TenantLogEntry>?>(index < 0 ? null : _tenantLog.GetRange(0, index));
        }
    }

    public Task MergeAsync(IReadOnlyDictionary<string, TenantState> states, string by, StoreTime forgetBefore, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var merged = _tenants.SetItems(states.Select(pair => KeyValuePair.Create(pair.Key, _tenants.GetValueOrDefault(pair.Key).Merge(pair.Value))));
            _tenants = merged.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Forget(forgetBefore))).Where(pair => pair.Value != default).ToImmutableDictionary();
            _tenantLog = [new TenantLogEntry(Secret.Generate().KeyId.ToString(), [.. states.Keys], by), .. _tenantLog.Take(TenantLogEntry.MostEntries - 1)];
        }

        Volatile.Read(ref _changed)?.Invoke();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SecretSlot Slot()
    {
        if (_expireAt <= Now) (_secret, _expireAt) = (null, null);
        return _secret is null ? SecretSlot.Absent : new SecretSlot(_secret, false, (long?)(_expireAt - Now)?.TotalMilliseconds);
    }
}
