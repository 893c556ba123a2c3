using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The keys of a namespace with a shared secret after one read of the store, without those that this instance knows to be revoked. It is immutable,
/// and requests sign and verify with it until the next read replaces it.
/// </summary>
internal sealed class RingSnapshot : KeySnapshot
{
    private const int KeylessCandidates = 4;

    /// <summary>An array, because a linear search of a few keys is faster and smaller than a dictionary.</summary>
    private readonly SnapshotSecret[] _keys;
    private readonly RingSchedule _schedule;
    private readonly RingReading _reading;

    /// <param name="reading">The result of the read.</param>
    /// <param name="revocations">All revoked keys that this instance knows.</param>
    /// <param name="problem">The reason why there is no usable secret; <see langword="null"/> when there is one.</param>
    /// <param name="schedule">The times of the life cycle.</param>
    /// <param name="readAt">When the read began.</param>
    /// <param name="previous">The previous snapshot. Its key objects are reused, so that data cached with a key lives as long as the key.</param>
    public RingSnapshot(
        RingReading reading,
        IReadOnlyDictionary<string, StoreTime> revocations,
        string? problem,
        RingSchedule schedule,
        ClockReading readAt,
        RingSnapshot? previous)
        : base(readAt)
    {
        (_reading, _schedule, Problem, Revoked) = (reading, schedule, problem, revocations);
        var ring = reading.Ring;
        Current = Alive(ring?.Current);
        Next = Alive(ring?.Next);
        IEnumerable<SnapshotSecret?> keys =
        [
            Held(Current, StoreTime.Never, ring?.CurrentBorn), Held(Next, StoreTime.Never, ring?.NextBorn),
            .. (ring?.Retired ?? []).Select(key => Held(Alive(key.Secret), key.Until, key.Born)),
        ];
        _keys = [.. keys.OfType<SnapshotSecret>()];
        CurrentSince = Since(previous);

        RingKey? Alive(Secret? secret) => secret is null || revocations.ContainsKey(secret.KeyId)
            ? null
            : previous?.Held(secret.KeyId).Key ?? new RingKey(secret);

        static SnapshotSecret? Held(RingKey? key, StoreTime until, StoreTime? born) => key is null ? null : new(key, until, born ?? StoreTime.Unknown);
    }

    /// <summary>The result of the read.</summary>
    public RingReading Reading => _reading;

    public override RingKey? Current { get; }

    public override RingKey? Next { get; }

    public override IReadOnlyDictionary<string, StoreTime> Revoked { get; }

    public override string? Epoch => _reading.Ring?.Epoch;

    public override long Version => _reading.Ring?.Version ?? 0;

    public override StoreTime ReadAt => _reading.Now;

    /// <summary>Whether only the secret is shared: see <see cref="RingReading.IsDegraded"/>.</summary>
    public override bool IsDegraded => _reading.IsDegraded;

    /// <summary>Whether there is neither a secret nor a ring.</summary>
    public bool IsNothing => _reading is { Slot.IsAbsent: true, Ring: null };

    /// <summary>When the oldest secret of the ring was created, or <see cref="StoreTime.Unknown"/>.</summary>
    public StoreTime OldestBorn => _keys.Select(held => held.Born).DefaultIfEmpty().Min();

    /// <summary>When the youngest secret of the ring was created.</summary>
    public StoreTime YoungestBorn => _keys.Select(held => held.Born).DefaultIfEmpty().Max();

    public IEnumerable<string> KeyIds => _keys.Select(held => held.Key.KeyId);

    /// <summary>The name of the last writer; <see langword="null"/> when there is none, or it contains characters that must not be shown.</summary>
    public string? ChangedBy => _reading.ChangedBy is { } name && Names.IsIdentifier(name) ? name : null;

    /// <summary>When the current key started to sign by the store's clock: as observed, or else derived from its deadline.</summary>
    public StoreTime CurrentSince { get; }

    public override TimeSpan? CurrentAge(ClockReading now) => Current is null ? null : StoreTimeAt(now) - StoreTime.Min(CurrentSince, StoreTimeAt(now));

    /// <summary>The delay between the publication of a pending key and this read; <see langword="null"/> when there is no new pending key.</summary>
    public TimeSpan? NextSeenAfter(RingSnapshot previous) => Next is { } next && previous.Next?.KeyId != next.KeyId && _reading.Ring is { } ring && ring.Epoch == previous.Epoch
        ? _reading.Now - ring.NextBorn
        : null;

    /// <summary>Returns the same reading, of the same age, without the keys that were revoked since then.</summary>
    public RingSnapshot Revoke(IReadOnlyDictionary<string, StoreTime> revoked, string? tenantStamp, RingSchedule schedule) =>
        new(_reading with { TenantStamp = tenantStamp }, revoked, Problem, schedule, ReadStarted, this);

    /// <summary>The time until the next rotation, by the store's clock; <see cref="TimeSpan.MaxValue"/> without a ring.</summary>
    public override TimeSpan UntilRotation(ClockReading now) =>
        _reading.Ring is { } ring ? ring.Deadline - _schedule.Lead - StoreTimeAt(now) : TimeSpan.MaxValue;

    /// <summary>
    /// The key that signs now. Once a rotation is due, it is the pending key, if that has been published long enough for receivers to have it.
    /// </summary>
    public override SigningKey? SigningKey(ClockReading now)
    {
        if (_reading.Ring is not { } ring || Next is null || !_schedule.SignsAhead) return Current;

        var storeNow = StoreTimeAt(now);
        var due = storeNow >= ring.Deadline - _schedule.Lead;
        return due && storeNow - ring.NextBorn >= _schedule.PropagationDelay ? Next : Current;
    }

    public override SigningKey? StoredKey(ClockReading now) => Current ?? SigningKey(now);

    public override IReadOnlyList<SecurityKey>? Known(string? issuer, string keyId, ClockReading now)
    {
        if (Held(keyId) is { Key: { } key } held && (!held.IsRetired || StoreTimeAt(now) < held.Until)) return key.Candidates;
        return Revoked.ContainsKey(keyId) || !KeyId.IsPossible(keyId) ? [] : null;
    }

    /// <summary>The current key and the keys that retired last.</summary>
    public override IReadOnlyList<SecurityKey> KeylessKeys(ClockReading now)
    {
        var storeNow = StoreTimeAt(now);
        var retired = _keys.Where(held => held.IsRetired && storeNow < held.Until).OrderByDescending(held => held.Until).Select(held => held.Key);
        IEnumerable<RingKey> current = Current is null ? [] : [Current];
        return [.. current.Concat(retired).Take(KeylessCandidates).Select(key => key.SecurityKey)];
    }

    public override IReadOnlyList<RewtKey> ToKeys()
    {
        var keys = new List<RewtKey>();
        if (Current is not null) keys.Add(new RewtKey { KeyId = Current.KeyId, State = RewtKeyState.Current, StateEndsAt = _reading.Ring!.Deadline.ToDateTimeOffset() });
        if (Next is not null) keys.Add(new RewtKey { KeyId = Next.KeyId, State = RewtKeyState.Pending });
        keys.AddRange(_keys.Where(held => held.IsRetired).Select(held => new RewtKey { KeyId = held.Key.KeyId, State = RewtKeyState.Retired, StateEndsAt = held.Until.ToDateTimeOffset() }).OrderByDescending(key => key.StateEndsAt));
        keys.AddRange(Revoked.Select(pair => new RewtKey { KeyId = pair.Key, State = RewtKeyState.Revoked, StateEndsAt = pair.Value.ToDateTimeOffset() }).OrderByDescending(key => key.StateEndsAt));
        return keys;
    }

    /// <summary>Returns when a secret of the ring was created, or <see cref="StoreTime.Unknown"/>.</summary>
    public StoreTime BornOf(string keyId) => Held(keyId).Born;

    private SnapshotSecret Held(string keyId)
    {
        foreach (var held in _keys)
        {
            if (held.Key.KeyId == keyId) return held;
        }

        return default;
    }

    private StoreTime Since(RingSnapshot? previous)
    {
        if (previous?.Current is not { } former || Current is null) return StoreTime.Min(_reading.Now, (_reading.Ring?.Deadline ?? _reading.Now) - _schedule.Interval);
        return former.KeyId == Current.KeyId ? previous.CurrentSince : ReadAt;
    }
}
