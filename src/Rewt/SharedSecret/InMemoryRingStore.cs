using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>A key ring in the memory of one process. It has the same contract as Redis, including the TTL.</summary>
internal sealed class InMemoryRingStore(TimeProvider time) : IRingStore, ITenantStore
{
    private readonly Lock _gate = new();
    private readonly List<Action> _subscribers = [];
    private byte[]? _secret;
    private long? _expireAt;
    private RingState? _ring;
    private ImmutableDictionary<string, long> _dead = ImmutableDictionary<string, long>.Empty;

    private ImmutableDictionary<string, TenantGeneration> _tenants = ImmutableDictionary<string, TenantGeneration>.Empty;
    private string? _tenantStamp;

    public ITenantStore Tenants => this;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult(new RingReading(Slot(), _ring, _dead, Now) { TenantStamp = _tenantStamp });
    }

    public Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        Action[] subscribers;
        lock (_gate)
        {
            var slot = Slot();
            var unchanged = (slot.Value ?? []).AsSpan().SequenceEqual(basis.Slot.Value) && slot.IsAbsent == basis.Slot.IsAbsent
                && _ring?.Version == basis.Ring?.Version && _ring?.Epoch == basis.Ring?.Epoch;
            if (!unchanged) return Task.FromResult(false);

            if (plan.SetSecret is { } secret) (_secret, _expireAt) = (secret.CopyBytes(), null);
            if (plan.ExpireAt is { } expireAt) _expireAt = expireAt;
            _ring = plan.Ring;
            _dead = _dead.RemoveRange(_dead.Where(pair => pair.Value <= basis.Now).Select(pair => pair.Key)).SetItems(plan.Revoked);
            subscribers = [.. _subscribers];
        }

        foreach (var subscriber in subscribers) subscriber();
        return Task.FromResult(true);
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        lock (_gate) _subscribers.Add(onChange);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<TenantGeneration>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult<IReadOnlyList<TenantGeneration>>([.. tenants.Select(tenant => _tenants.GetValueOrDefault(tenant))]);
    }

    public Task<IReadOnlyDictionary<string, TenantGeneration>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult<IReadOnlyDictionary<string, TenantGeneration>>(_tenants);
    }

    public Task WriteAsync(IReadOnlyCollection<TenantChange> changes, long forgetBefore, CancellationToken cancellationToken)
    {
        Action[] subscribers;
        lock (_gate)
        {
            var newer = changes.Where(change => change.Replaces(_tenants.GetValueOrDefault(change.Tenant))).Select(change => KeyValuePair.Create(change.Tenant, change.After));
            _tenants = _tenants.SetItems(newer).RemoveRange(_tenants.Where(pair => !pair.Value.IsDeleted && pair.Value.At < forgetBefore).Select(pair => pair.Key));
            _tenantStamp = Secret.Generate().KeyId;
            subscribers = [.. _subscribers];
        }

        foreach (var subscriber in subscribers) subscriber();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SecretSlot Slot()
    {
        if (_expireAt <= Now) (_secret, _expireAt) = (null, null);
        return _secret is null ? SecretSlot.Absent : new SecretSlot(_secret, false, _expireAt - Now);
    }
}
