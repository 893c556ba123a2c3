using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The immutable keys of a namespace with a shared secret after one read of the store. Requests sign and verify with these keys until the next read.
/// Keys that this instance knows to be revoked are not included.
/// </summary>
internal sealed class RingSnapshot : KeySnapshot
{
    private const int KeylessCandidates = 4;

    /// <summary>The keys of the snapshot. For a few keys, a linear search in an array is faster than a dictionary, and needs less memory.</summary>
    private readonly SnapshotSecret[] _keys;
    private readonly RingSchedule _schedule;

    /// <param name="reading">The result of the read.</param>
    /// <param name="revocations">The ids of all revoked keys that this instance knows.</param>
    /// <param name="problem">The reason why there is no usable secret; <see langword="null"/> if there is a usable secret.</param>
    /// <param name="schedule">The durations of the keys' life cycle.</param>
    /// <param name="readAt">The time at which the read began.</param>
    /// <param name="previous">The previous snapshot. For each key that has not changed, the new snapshot reuses the key object of the previous
    /// snapshot, so that data that are cached for the object stay valid.</param>
    public RingSnapshot(
        RingReading reading,
        IReadOnlyDictionary<KeyId, StoreTime> revocations,
        string? problem,
        RingSchedule schedule,
        ClockReading readAt,
        RingSnapshot? previous)
        : base(readAt)
    {
        (Reading, _schedule, Problem, Revoked) = (reading, schedule, problem, revocations);
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

    /// <summary>The result of the read from which this snapshot was created.</summary>
    public RingReading Reading { get; }

    public override RingKey? Current { get; }

    public override RingKey? Next { get; }

    public override IReadOnlyDictionary<KeyId, StoreTime> Revoked { get; }

    public override string? Epoch => Reading.Ring?.Epoch;

    public override long Version => Reading.Ring?.Version ?? 0;

    public override bool HasSharedVersion => true;

    public override StoreTime ReadAt => Reading.Now;

    /// <summary>Whether only the secret is shared through Redis: see <see cref="RingReading.IsDegraded"/>.</summary>
    public override bool IsDegraded => Reading.IsDegraded;

    /// <summary>Whether the store contains neither a secret nor a ring.</summary>
    public bool IsNothing => Reading is { Slot.IsAbsent: true, Ring: null };

    /// <summary>The time at which the oldest secret of the ring was created; <see cref="StoreTime.Unknown"/> if the time is unknown.</summary>
    public StoreTime OldestBorn => _keys.Select(held => held.Born).DefaultIfEmpty().Min();

    /// <summary>The time at which the newest secret of the ring was created.</summary>
    public StoreTime YoungestBorn => _keys.Select(held => held.Born).DefaultIfEmpty().Max();

    public IEnumerable<KeyId> KeyIds => _keys.Select(held => held.Key.KeyId);

    /// <summary>
    /// The name of the ring's last writer; <see langword="null"/> if no name is stored, or if the name contains characters that must not be shown.
    /// </summary>
    public override string? ChangedBy => Reading.ChangedBy is { } name && Names.IsIdentifier(name) ? name : null;

    /// <summary>
    /// The time at which the current key started to sign, by the clock of the store. If this instance did not observe the start, the time is derived
    /// from <see cref="RingState.Deadline"/>.
    /// </summary>
    public StoreTime CurrentSince { get; }

    public override string? UnhealthyReason(string name, ClockReading now) =>
        Epoch is null ? $"The key ring '{name}' does not exist yet, and Redis does not allow this service to create it ({WriteRefusal})."
        : SigningKey(now) is null ? $"The key ring '{name}' has no current key: it was revoked, and Redis does not allow this service to write a new one ({WriteRefusal})."
        : null;

    public override TimeSpan? CurrentAge(ClockReading now) => Current is null ? null : StoreTimeAt(now) - StoreTime.Min(CurrentSince, StoreTimeAt(now));

    /// <summary>
    /// Returns the time between the publication of the pending key and the read of this snapshot; <see langword="null"/> if there is no pending key,
    /// or if the pending key is not new.
    /// </summary>
    public TimeSpan? NextSeenAfter(RingSnapshot previous) => Next is { } next && previous.Next?.KeyId != next.KeyId && Reading.Ring is { } ring && ring.Epoch == previous.Epoch
        ? Reading.Now - ring.NextBorn
        : null;

    /// <summary>
    /// Returns a snapshot of this read without the keys that have been revoked since the read. The age of the new snapshot is the age of this
    /// snapshot.
    /// </summary>
    public RingSnapshot Revoke(IReadOnlyDictionary<KeyId, StoreTime> revoked, string? tenantStamp, RingSchedule schedule) =>
        new(Reading with { TenantStamp = tenantStamp }, revoked, Problem, schedule, ReadStarted, this);

    /// <summary>Returns the time until the next rotation, by the clock of the store; <see cref="TimeSpan.MaxValue"/> if there is no ring.</summary>
    public override TimeSpan UntilRotation(ClockReading now) =>
        Reading.Ring is { } ring ? ring.Deadline - _schedule.Lead - StoreTimeAt(now) : TimeSpan.MaxValue;

    /// <summary>
    /// Returns the key that signs now. When a rotation is due, the pending key signs, if it has been published for long enough that receivers have
    /// it.
    /// </summary>
    public override SigningKey? SigningKey(ClockReading now)
    {
        if (Reading.Ring is not { } ring || Next is null || !_schedule.SignsAhead) return Current;

        var storeNow = StoreTimeAt(now);
        var due = storeNow >= ring.Deadline - _schedule.Lead;
        return due && storeNow - ring.NextBorn >= _schedule.PropagationDelay ? Next : Current;
    }

    public override SigningKey? StoredKey(ClockReading now) => Current ?? SigningKey(now);

    public override IReadOnlyList<SecurityKey>? Known(string? issuer, KeyId keyId, ClockReading now)
    {
        if (Held(keyId) is { Key: { } key } held && (!held.IsRetired || StoreTimeAt(now) < held.Until)) return key.Candidates;
        return Revoked.ContainsKey(keyId) || !keyId.IsOfSecret ? [] : null;
    }

    /// <summary>Returns the current key and the most recently retired keys, at most <see cref="KeylessCandidates"/> keys in total.</summary>
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
        if (Current is not null) keys.Add(new RewtKey { KeyId = Current.KeyId.ToString(), State = RewtKeyState.Current, StateEndsAt = Reading.Ring!.Deadline.ToDateTimeOffset() });
        if (Next is not null) keys.Add(new RewtKey { KeyId = Next.KeyId.ToString(), State = RewtKeyState.Pending });
        keys.AddRange(_keys.Where(held => held.IsRetired).Select(held => new RewtKey { KeyId = held.Key.KeyId.ToString(), State = RewtKeyState.Retired, StateEndsAt = held.Until.ToDateTimeOffset() }).OrderByDescending(key => key.StateEndsAt));
        keys.AddRange(RevokedKeys);
        return keys;
    }

    /// <summary>Returns the time at which a secret of the ring was created; <see cref="StoreTime.Unknown"/> if the time is unknown.</summary>
    public StoreTime BornOf(KeyId keyId) => Held(keyId).Born;

    private SnapshotSecret Held(KeyId keyId)
    {
        foreach (var held in _keys)
        {
            if (held.Key.KeyId == keyId) return held;
        }

        return default;
    }

    private StoreTime Since(RingSnapshot? previous)
    {
        if (previous?.Current is not { } former || Current is null) return StoreTime.Min(Reading.Now, (Reading.Ring?.Deadline ?? Reading.Now) - _schedule.Interval);
        return former.KeyId == Current.KeyId ? previous.CurrentSince : ReadAt;
    }
}
