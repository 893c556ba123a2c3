using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>A key ring in the memory of one process. It has the same contract as Redis, including the TTL.</summary>
internal sealed class InMemoryRingStore(TimeProvider time) : IRingStore
{
    private readonly Lock _gate = new();
    private readonly List<Action> _subscribers = [];
    private byte[]? _secret;
    private long? _expireAt;
    private RingState? _ring;
    private ImmutableDictionary<string, long> _dead = ImmutableDictionary<string, long>.Empty;

    /// <summary>Whether there is a secret or a ring.</summary>
    public bool HasRing
    {
        get
        {
            lock (_gate) return !Slot().IsAbsent || _ring is not null;
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult(new RingReading(Slot(), _ring, _dead, Now));
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
            if (plan.IsDeletion) (_secret, _expireAt) = (null, null);
            _ring = plan.IsDeletion ? null : plan.Ring;
            _dead = _dead.RemoveRange(_dead.Where(pair => pair.Value <= basis.Now).Select(pair => pair.Key)).SetItems(plan.Revoked);
            subscribers = [.. _subscribers];
        }

        foreach (var subscriber in subscribers) subscriber();
        return Task.FromResult(true);
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        OnChange(onChange);
        return Task.CompletedTask;
    }

    public void OnChange(Action onChange)
    {
        lock (_gate) _subscribers.Add(onChange);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SecretSlot Slot()
    {
        if (_expireAt <= Now) (_secret, _expireAt) = (null, null);
        return _secret is null ? SecretSlot.Absent : new SecretSlot(_secret, false, _expireAt - Now);
    }
}
