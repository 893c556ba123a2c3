using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// Replaces <see cref="RotationPolicy"/> for a Redis user that may read and write only the secret. The policy uses the existing secret. If there is
/// no secret, the policy creates one. There is no pending key, because it could not be published. Retired keys exist only in the memory of each
/// instance.
/// </summary>
internal static class SecretOnlyPolicy
{
    private const string Epoch = "node";

    public static RotationDecision Decide(
        RingReading reading, RingSchedule schedule, IReadOnlyDictionary<KeyId, StoreTime> remembered, Func<Secret> generate)
    {
        if (reading.Problem is { } unopened) return new RotationDecision(null, unopened.Text);
        if (reading.Slot.IsWrongType) return new RotationDecision(null, "the value is not a string; delete the key with DEL, and a new secret is created");
        if (reading.Slot.IsAbsent) return Change(reading, schedule, generate(), isOwn: true);
        if (Secret.TryParse(reading.Slot.Value, out var problem) is not { } secret) return new RotationDecision(null, problem + "; delete the key with DEL, and a new secret is created");
        if (remembered.ContainsKey(secret.KeyId)) return new RotationDecision(null, "the value is a revoked secret, and this login cannot replace it; delete the key with DEL");
        if (!secret.Equals(reading.Ring?.Current)) return Change(reading, schedule, secret, isOwn: false);

        var deadline = Deadline(reading, schedule);
        return reading.Slot.Lifetime is not null && (deadline - reading.Ring.Deadline).Duration() > RingSchedule.Tolerance
            ? new RotationDecision(new RingChange(RingAction.MoveDeadline, reading.Ring with { Deadline = deadline, Version = reading.Ring.Version + 1 }, null, null, ImmutableDictionary<KeyId, StoreTime>.Empty), null)
            : default;
    }

    private static RotationDecision Change(RingReading reading, RingSchedule schedule, Secret secret, bool isOwn)
    {
        var former = reading.Ring;
        var retired = former?.Retired.Where(key => key.Until > reading.Now && !key.Secret.Equals(secret)).ToImmutableArray() ?? [];
        var revocations = ImmutableDictionary<KeyId, StoreTime>.Empty;
        var action = isOwn ? RingAction.Create : RingAction.Adopt;
        if (former?.Current is { } old)
        {
            // An instance that may write the ring rotates before the deadline and sets a TTL. A secret that an operator sets has no TTL.
            var lead = !isOwn && reading.Slot.Lifetime is not null ? schedule.Lead : TimeSpan.Zero;
            var isNatural = reading.Now >= former.Deadline - lead - RingSchedule.Tolerance;
            action = isNatural ? (isOwn ? RingAction.Rotate : RingAction.AdoptRotation) : (isOwn ? RingAction.Invalidate : RingAction.Replace);
            if (isNatural) retired = retired.Add(new RetiredKey(old, reading.Now + schedule.Retention));
            else
            {
                revocations = former.KeyIds().Where(keyId => keyId != secret.KeyId).ToImmutableDictionary(keyId => keyId, _ => reading.Now + schedule.RevocationRetention);
                retired = [];
            }
        }

        var deadline = isOwn ? reading.Now + schedule.Interval : Deadline(reading, schedule);
        var ring = new RingState(Epoch, (former?.Version ?? 0) + 1, secret, deadline, null, default, retired);
        return new RotationDecision(new RingChange(action, ring, isOwn ? secret : null, isOwn ? deadline : null, revocations), null);
    }

    private static StoreTime Deadline(RingReading reading, RingSchedule schedule) => reading.Now + (reading.Slot.Lifetime ?? schedule.Interval);
}
