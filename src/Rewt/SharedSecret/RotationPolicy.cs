using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// Determines which change of a shared secret's ring is due, such as a creation or a rotation. The decision depends only on one reading and on the
/// revocations that this instance knows. The class uses no store, clock or thread. The class also determines the changes that a rotation or
/// revocation by an operator requires.
/// </summary>
internal static class RotationPolicy
{
    /// <summary>
    /// Returns the change that is due. The revocations in <paramref name="remembered"/> are those that this instance has read, including revocations
    /// that the store has lost in a failover.
    /// </summary>
    public static RotationDecision Decide(
        RingReading reading, RingSchedule schedule, IReadOnlyDictionary<KeyId, StoreTime> remembered, Func<Secret> generate)
    {
        if (reading.Problem is { } unopened) return new RotationDecision(null, unopened.Text);

        var slot = reading.Slot;
        if (slot.IsWrongType) return new RotationDecision(null, "the value is not a string; delete the key with DEL, and a new secret is created");

        var draft = new RingBuilder(reading, schedule, remembered, generate);
        if (slot.IsAbsent) return Absent(draft, reading, schedule);

        var secret = Secret.TryParse(slot.Value, out var problem);
        return secret is null ? Unusable(draft, reading, problem!) : Present(draft, reading, schedule, secret);
    }

    /// <summary>Returns the change for a rotation that an operator requested.</summary>
    public static RingChange Rotate(RingReading reading, RingSchedule schedule, Func<Secret> generate) =>
        new RingBuilder(reading, schedule, ImmutableDictionary<KeyId, StoreTime>.Empty, generate).Promote(retire: true).ToPlan(RingAction.Rotate);

    /// <summary>
    /// Returns the change for a rotation that an operator requested while a certain key was current; <see langword="null"/> if that key has been replaced.
    /// A second rotation would sign with a pending key that receivers may not have yet.
    /// </summary>
    public static RingChange? RotateFrom(KeyId? current, RingReading reading, RingSchedule schedule, Func<Secret> generate) =>
        reading.Ring?.Current?.KeyId == current ? Rotate(reading, schedule, generate) : null;

    /// <summary>
    /// Returns the change for a revocation that an operator requested. If the current key is revoked, the pending key becomes current, because
    /// receivers already have the pending key.
    /// </summary>
    public static RingChange Revoke(RingReading reading, RingSchedule schedule, KeyId keyId, Func<Secret> generate)
    {
        var draft = new RingBuilder(reading, schedule, ImmutableDictionary<KeyId, StoreTime>.Empty, generate);
        var wasCurrent = draft.Current?.KeyId == keyId;
        draft.Revoke(keyId);
        if (wasCurrent) draft.Promote(retire: false);
        return draft.ToPlan(RingAction.Revoke);
    }

    private static RotationDecision Absent(RingBuilder draft, RingReading reading, RingSchedule schedule)
    {
        if (reading.Ring is not { } ring) return Write(draft.StartOver(null), RingAction.Create);

        var expired = reading.Now >= ring.Deadline - RingSchedule.Tolerance;
        return expired && ring.Current is not null
            ? Write(draft.Promote(retire: true), RingAction.Rotate)
            : Write(draft.RevokeAll().StartOver(null), RingAction.Invalidate);
    }

    private static RotationDecision Unusable(RingBuilder draft, RingReading reading, string problem)
    {
        problem += "; set a longer random text with SET, or delete the key with DEL, and a new secret is created";
        var hasKeys = reading.Ring?.KeyIds().Any() ?? false;
        return new RotationDecision(hasKeys || draft.HasNewRevocations ? draft.RevokeAll().ToPlan(RingAction.Refuse) : null, problem);
    }

    private static RotationDecision Present(RingBuilder draft, RingReading reading, RingSchedule schedule, Secret secret)
    {
        if (reading.Ring is not { } ring)
        {
            return draft.IsRevoked(secret.KeyId)
                ? Write(draft.StartOver(null), RingAction.ReplaceRevoked)
                : Write(draft.StartOver(secret), RingAction.Adopt);
        }

        if (secret.Equals(ring.Current)) return Unchanged(draft, reading, schedule, ring);
        if (draft.IsRevoked(secret.KeyId)) return Write(draft.RevokeAll().StartOver(null), RingAction.ReplaceRevoked);

        var atDeadline = reading.Slot.Lifetime is not null && reading.Now >= ring.Deadline - RingSchedule.Tolerance;
        return atDeadline && ring.Current is not null
            ? Write(draft.AdoptRotation(secret), RingAction.AdoptRotation)
            : Write(draft.RevokeAll(except: secret.KeyId).Take(secret), RingAction.Replace);
    }

    private static RotationDecision Unchanged(RingBuilder draft, RingReading reading, RingSchedule schedule, RingState ring)
    {
        if (draft.IsRevoked(ring.Current!.KeyId)) return Write(draft.Promote(retire: false), RingAction.ReplaceRevoked);

        // A pending key from the future shows that the clock of the server was ahead, and that the other times of the ring are too late too.
        if (ring.NextBorn - reading.Now > schedule.Interval) return Write(draft.CorrectTimes(), RingAction.RestoreTimeToLive);

        var expiresAt = reading.Now + reading.Slot.Lifetime;
        var moved = expiresAt is { } at && (at - ring.Deadline).Duration() > RingSchedule.Tolerance;
        var deadline = moved ? expiresAt!.Value : ring.Deadline;

        if (reading.Now >= deadline - schedule.Lead) return Write(draft.Promote(retire: true), RingAction.Rotate);
        if (expiresAt is null) return Write(draft.ExpireAt(deadline), RingAction.RestoreTimeToLive);
        if (moved) return Write(draft.MoveDeadline(deadline), RingAction.MoveDeadline);
        if (draft.HasNewRevocations) return Write(draft.PublishNextIfMissing(), RingAction.MergeRevocations);
        if (draft.Next is null) return Write(draft.PublishNextIfMissing(), RingAction.PublishNext);
        if (draft.HasExpired) return Write(draft, RingAction.Tidy);
        return ring.Retention < schedule.Retention ? Write(draft, RingAction.RaiseRetention) : default;
    }

    private static RotationDecision Write(RingBuilder draft, RingAction action) => new(draft.ToPlan(action), null);
}
