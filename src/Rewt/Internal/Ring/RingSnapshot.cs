using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>What an instance knows after one read: immutable, shared by all requests, a function of that read and the revocations seen.</summary>
internal sealed class RingSnapshot : KeySnapshot
{
    private const int KeylessCandidates = 4;

    /// <summary>A few, which are found faster one by one than by a hash and take a fraction of its room.</summary>
    private readonly HeldKey[] _keys;
    private readonly RingSchedule _schedule;
    private readonly RingReading _reading;

    /// <param name="reading">What the store held.</param>
    /// <param name="dead">All revoked keys this instance knows of.</param>
    /// <param name="problem">Why there is no usable secret, if there is none.</param>
    /// <param name="schedule">The times of the life cycle.</param>
    /// <param name="readAt">When the read began.</param>
    /// <param name="previous">The snapshot before, whose keys are used on: what is cached with a key lives as long as the key does.</param>
    public RingSnapshot(
        RingReading reading,
        IReadOnlyDictionary<string, long> dead,
        string? problem,
        RingSchedule schedule,
        Moment readAt,
        RingSnapshot? previous)
        : base(readAt)
    {
        (_reading, _schedule, Problem, Dead) = (reading, schedule, problem, dead);
        var ring = reading.Ring;
        Current = Alive(ring?.Current);
        Next = Alive(ring?.Next);
        IEnumerable<RingKey?> inUse = [Current, Next];
        var retired = (ring?.Retired ?? []).Select(key => (Key: Alive(key.Secret), key.Until)).Where(key => key.Key is not null).Select(key => new HeldKey(key.Key!, key.Until));
        _keys = [.. inUse.OfType<RingKey>().Select(key => new HeldKey(key, HeldKey.NoEnd)), .. retired];
        CurrentSince = Since(previous);

        RingKey? Alive(Secret? secret) => secret is null || dead.ContainsKey(secret.KeyId)
            ? null
            : previous?.Held(secret.KeyId).Key ?? new RingKey(secret);
    }

    private RingSnapshot(RingSnapshot same, Moment readAt)
        : base(readAt)
    {
        _reading = same._reading with { Now = same.StoreNow(readAt) };
        (_schedule, _keys, Problem, Dead) = (same._schedule, same._keys, same.Problem, same.Dead);
        (Current, Next, WriteRefusal, IsUntended, CurrentSince) = (same.Current, same.Next, same.WriteRefusal, same.IsUntended, same.CurrentSince);
    }

    /// <summary>What the store held.</summary>
    public RingReading Reading => _reading;

    public override RingKey? Current { get; }

    public override RingKey? Next { get; }

    public override IReadOnlyDictionary<string, long> Dead { get; }

    public override string? Epoch => _reading.Ring?.Epoch;

    public override long Version => _reading.Ring?.Version ?? 0;

    public override long ReadAt => _reading.Now;

    /// <summary>Only the secret is shared: see <see cref="RingReading.IsDegraded"/>.</summary>
    public override bool IsDegraded => _reading.IsDegraded;

    /// <summary>The ring calls for a write that whoever read it left to those who sign.</summary>
    public bool IsUntended { get; init; }

    /// <summary>There is neither a secret nor a ring.</summary>
    public bool IsNothing => _reading is { Slot.IsAbsent: true, Ring: null };

    public IEnumerable<string> KeyIds => _keys.Select(held => held.Key.KeyId);

    /// <summary>By whom the ring was changed last; <see langword="null"/> when nobody said so in a name that can be shown.</summary>
    public string? ChangedBy => _reading.ChangedBy is { } name && Names.IsIdentifier(name) ? name : null;

    /// <summary>Since when the current key signs (Unix milliseconds by the store's clock): as seen, else by its deadline.</summary>
    public long CurrentSince { get; }

    public override TimeSpan? CurrentAge(Moment now) => Current is null ? null : TimeSpan.FromMilliseconds(Math.Max(0, StoreNow(now) - CurrentSince));

    /// <summary>How long after its publication a pending key was seen; <see langword="null"/> when there is no new one.</summary>
    public TimeSpan? NextSeenAfter(RingSnapshot previous) => Next is { } next && previous.Next?.KeyId != next.KeyId && _reading.Ring is { } ring && ring.Epoch == previous.Epoch
        ? TimeSpan.FromMilliseconds(_reading.Now - ring.NextBorn)
        : null;

    /// <summary>The same, seen again just now.</summary>
    public RingSnapshot SeenAgain(Moment readAt) => new(this, readAt);

    public bool Holds(string keyId) => Held(keyId).Key is not null;

    /// <summary>Until the next rotation is due, by the store's clock; without a ring none is.</summary>
    public override TimeSpan UntilRotation(Moment now) =>
        _reading.Ring is { } ring ? TimeSpan.FromMilliseconds(ring.Deadline - _schedule.Lead - StoreNow(now)) : TimeSpan.MaxValue;

    /// <summary>The key that signs now: past the point of rotation the next one, if it has been out long enough for receivers to hold it.</summary>
    public override SigningKey? SigningKey(Moment now)
    {
        if (_reading.Ring is not { } ring || Next is null || !_schedule.SignsAhead) return Current;

        var storeNow = StoreNow(now);
        var due = storeNow >= ring.Deadline - _schedule.Lead;
        return due && storeNow - ring.NextBorn >= _schedule.PropagationDelay ? Next : Current;
    }

    public override SigningKey? StoredKey(Moment now) => Current ?? SigningKey(now);

    public override IReadOnlyList<SecurityKey>? Known(string? issuer, string keyId, Moment now)
    {
        if (Held(keyId) is { Key: { } key } held && (!held.IsRetired || StoreNow(now) < held.Until)) return key.Candidates;
        return Dead.ContainsKey(keyId) || !KeyId.IsPossible(keyId) ? [] : null;
    }

    /// <summary>The current key and the few that retired last.</summary>
    public override IReadOnlyList<SecurityKey> KeylessKeys(Moment now)
    {
        var storeNow = StoreNow(now);
        var retired = _keys.Where(held => held.IsRetired && storeNow < held.Until).OrderByDescending(held => held.Until).Select(held => held.Key);
        IEnumerable<RingKey> current = Current is null ? [] : [Current];
        return [.. current.Concat(retired).Take(KeylessCandidates).Select(key => key.SecurityKey)];
    }

    public override IReadOnlyList<RewtKey> ToKeys()
    {
        var keys = new List<RewtKey>();
        if (Current is not null) keys.Add(new RewtKey(Current.KeyId, RewtKeyState.Current, At(_reading.Ring!.Deadline)));
        if (Next is not null) keys.Add(new RewtKey(Next.KeyId, RewtKeyState.Pending, null));
        keys.AddRange(_keys.Where(held => held.IsRetired).Select(held => new RewtKey(held.Key.KeyId, RewtKeyState.Retired, At(held.Until))).OrderByDescending(key => key.Until));
        keys.AddRange(Dead.Select(pair => new RewtKey(pair.Key, RewtKeyState.Revoked, At(pair.Value))).OrderByDescending(key => key.Until));
        return keys;
    }

    private HeldKey Held(string keyId)
    {
        foreach (var held in _keys)
        {
            if (held.Key.KeyId == keyId) return held;
        }

        return default;
    }

    private long Since(RingSnapshot? previous)
    {
        if (previous?.Current is not { } former || Current is null) return Math.Min(_reading.Now, (_reading.Ring?.Deadline ?? _reading.Now) - _schedule.Interval);
        return former.KeyId == Current.KeyId ? previous.CurrentSince : _reading.Now;
    }
}
