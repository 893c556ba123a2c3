using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// Builds the next state of a shared secret's ring, and returns it as a <see cref="RingChange"/>. <see cref="RotationPolicy"/> calls the methods of
/// this class. In the next state, no revoked key is current, pending or retired.
/// </summary>
internal sealed class RingBuilder
{
    private readonly RingReading _reading;
    private readonly RingSchedule _schedule;
    private readonly Func<Secret> _generate;
    private readonly Dictionary<KeyId, StoreTime> _newRevoked = [];
    private readonly List<RetiredKey> _retired = [];
    private readonly HashSet<KeyId> _remembered = [];
    private readonly TimeSpan _retention;
    private string? _epoch;
    private StoreTime _deadline;
    private StoreTime _nextBorn;
    private StoreTime _currentBorn;
    private Secret? _setSecret;
    private StoreTime? _expireAt;

    public RingBuilder(
        RingReading reading, RingSchedule schedule, IReadOnlyDictionary<KeyId, StoreTime> remembered, Func<Secret> generate)
    {
        (_reading, _schedule, _generate) = (reading, schedule, generate);
        foreach (var (keyId, forgetAt) in remembered)
        {
            if (forgetAt <= reading.Now || reading.Revoked.ContainsKey(keyId)) continue;
            _remembered.Add(keyId);
            // A revocation that ends later than the revocations that were read may already be in the store, and is not written again.
            if (forgetAt < reading.RevokedUntil) _newRevoked.Add(keyId, forgetAt);
        }

        _retention = schedule.Retention;
        if (reading.Ring is not { } ring) return;

        var required = ring.Retention < schedule.LongestRetention ? ring.Retention : schedule.LongestRetention;
        if (required > _retention) _retention = required;

        _epoch = ring.Epoch;
        _deadline = ring.Deadline;
        (Current, _currentBorn) = (ring.Current, ring.CurrentBorn);
        if (ring.Next is { } next && !IsRevoked(next.KeyId)) (Next, _nextBorn) = (next, ring.NextBorn);
        _retired.AddRange(ring.Retired.Where(key => key.Until > reading.Now && !IsRevoked(key.Secret.KeyId)));
        HasExpired = ring.Retired.Length != _retired.Count;
    }

    public Secret? Current { get; private set; }

    public Secret? Next { get; private set; }

    public bool HasNewRevocations => _newRevoked.Count > 0;

    public bool HasExpired { get; }

    public bool IsRevoked(KeyId keyId) => _newRevoked.ContainsKey(keyId) || _remembered.Contains(keyId) || _reading.Revoked.ContainsKey(keyId);

    public RingBuilder Revoke(KeyId keyId)
    {
        _newRevoked[keyId] = _reading.Now + _schedule.RevocationRetention;
        if (Current?.KeyId == keyId) Current = null;
        if (Next?.KeyId == keyId)
        {
            Next = null;
            PublishNextIfMissing();
        }

        _retired.RemoveAll(key => key.Secret.KeyId == keyId);
        return this;
    }

    public RingBuilder RevokeAll(KeyId? except = null)
    {
        foreach (var keyId in _reading.Ring?.KeyIds() ?? [])
        {
            if (keyId != except && !IsRevoked(keyId)) _newRevoked.Add(keyId, _reading.Now + _schedule.RevocationRetention);
        }

        (Current, Next, _nextBorn) = (null, null, default);
        _retired.Clear();
        return this;
    }

    /// <summary>
    /// Starts a new ring with <paramref name="secret"/>. If <paramref name="secret"/> is <see langword="null"/>, a new secret is generated.
    /// </summary>
    public RingBuilder StartOver(Secret? secret)
    {
        if (secret is null) return Install(_generate(), _reading.Now);
        if (_reading.Slot.Lifetime is not { } timeToLive) return Take(secret);

        Hold(secret);
        return Keep(_reading.Now + timeToLive);
    }

    /// <summary>Makes the pending key current. If there is no pending key, a new key is generated and becomes current.</summary>
    public RingBuilder Promote(bool retire)
    {
        if (retire) RetireCurrent();
        var (promoted, born) = Next is { } next ? (next, _nextBorn) : (_generate(), _reading.Now);
        Next = null;
        return Install(promoted, born);
    }

    /// <summary>
    /// Makes <paramref name="secret"/> current. A Node service created this secret after the former secret had expired. The secret and its TTL stay
    /// unchanged. The pending key stays pending.
    /// </summary>
    public RingBuilder AdoptRotation(Secret secret)
    {
        RetireCurrent();
        return StartOver(secret);
    }

    /// <summary>
    /// Makes <paramref name="secret"/> current, and restores the TTL. An operator has set this secret with the Redis command SET, which removes the
    /// TTL.
    /// </summary>
    public RingBuilder Take(Secret secret)
    {
        Hold(secret);
        return ExpireAt(_reading.Now + _schedule.Interval);
    }

    /// <summary>
    /// Replaces the times that were set while the clock of the server was ahead. The current key is used for one more interval, and a retired key verifies
    /// for as long as after a rotation.
    /// </summary>
    public RingBuilder CorrectTimes()
    {
        var now = _reading.Now;
        (_nextBorn, _currentBorn) = (now, StoreTime.Min(_currentBorn, now));
        for (var index = 0; index < _retired.Count; index++)
        {
            var key = _retired[index];
            _retired[index] = key with { Until = StoreTime.Min(key.Until, now + _retention), Born = StoreTime.Min(key.Born, now) };
        }

        return ExpireAt(now + _schedule.Interval);
    }

    /// <summary>
    /// Sets the end of the TTL. A time that is too far ahead could not be stored as a TTL that is read again, so the end is then one interval ahead.
    /// </summary>
    public RingBuilder ExpireAt(StoreTime deadline)
    {
        if (deadline - _reading.Now > SecretSlot.LongestLifetime) deadline = _reading.Now + _schedule.Interval;

        _expireAt = deadline;
        return Keep(deadline);
    }

    public RingBuilder MoveDeadline(StoreTime deadline) => Keep(deadline);

    public RingBuilder PublishNextIfMissing()
    {
        if (Next is null) (Next, _nextBorn) = (_generate(), _reading.Now);
        return this;
    }

    public RingChange ToPlan(RingAction action)
    {
        var version = _reading.Ring?.Version ?? 0;
        var epoch = _epoch ?? _generate().KeyId.ToString();
        var state = new RingState(epoch, version + 1, Current, _deadline, Next, _nextBorn, [.. _retired])
        {
            CurrentBorn = Current is null ? default : _currentBorn,
            // A rotation resets the retention time, and services with a longer time store it again. A service that no longer runs has no lasting effect.
            Retention = action is RingAction.Rotate or RingAction.AdoptRotation ? _schedule.Retention : _retention,
        };
        return new RingChange(action, state, _setSecret, _expireAt, _newRevoked.ToImmutableDictionary());
    }

    private RingBuilder Install(Secret secret, StoreTime born)
    {
        Hold(secret, born);
        _setSecret = secret;
        return ExpireAt(_reading.Now + _schedule.Interval);
    }

    private void Hold(Secret secret, StoreTime born = default)
    {
        (Current, _currentBorn) = (secret, born);
        if (secret.Equals(Next)) Next = null;
        _retired.RemoveAll(key => key.Secret.Equals(secret));
    }

    private RingBuilder Keep(StoreTime deadline)
    {
        _deadline = deadline;
        return PublishNextIfMissing();
    }

    private void RetireCurrent()
    {
        if (Current is { } retiring && !IsRevoked(retiring.KeyId)) _retired.Add(new RetiredKey(retiring, _reading.Now + _retention) { Born = _currentBorn });
        Current = null;
    }
}
