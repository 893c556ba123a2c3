using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// Determines which change, such as a renewal or a rotation, is due for the key pairs that this process publishes. The decision depends only on the
/// state of the key pairs and the last read. The class uses no store, clock or thread.
/// </summary>
internal static class PairPolicy
{
    /// <summary>
    /// Returns the new state of the key pairs of this process, and the change to write. The change is <see langword="null"/> if no write is due. If
    /// <paramref name="generate"/> is <see langword="null"/>, no new key pair is published.
    /// </summary>
    public static (LocalKeyPairs Keys, PairChange? Plan) Decide(
        LocalKeyPairs own, ServiceReading ring, IssuerKeys keys, StoreTime now, PairSchedule schedule, bool rotate, Func<LocalKeyPair>? generate)
    {
        // The times were set while the clock of the store was ahead.
        if (own.WrittenAt - now > RingSchedule.Tolerance) own = own.StartingAt(now, schedule);
        var deleted = Deleted(own, ring, now);
        var retired = own.Retired.Where(key => key.Value > now && IsAlive(key.Key)).ToImmutableArray();
        var (current, next) = (Alive(own.Current), Alive(own.Next));
        var action = Action();
        var deadline = own.Deadline;
        if (action is PairAction.Create or PairAction.Rotate || current is null)
        {
            if (current is not null) retired = retired.Add(KeyValuePair.Create(current, now + schedule.Retention));
            current = next ?? generate?.Invoke();
            (next, deadline) = (null, now + schedule.Interval);
        }

        // Without a key of this process in the ring, nothing is due.
        if (current is null && own.Current is null) return (own with { Retired = retired }, null);
        if (current is not null) next ??= generate?.Invoke();
        var epoch = current is not null && ring.Epoch is not null && ring.Contains(current.KeyId) ? ring.Epoch : own.Epoch;
        var decided = new LocalKeyPairs(current, deadline, next, retired, epoch, own.WrittenAt);
        var revocations = Revocations(own, ring, keys, deleted, now + schedule.RevocationRetention);
        if (action == PairAction.None && revocations.Count > 0) action = PairAction.MergeRevocations;
        if (action == PairAction.None && now - own.WrittenAt >= schedule.Heartbeat) action = PairAction.Renew;
        if (action == PairAction.None) return (decided, null);

        var plan = Plan(decided, action, ring, keys, revocations, now, schedule);
        // If another instance creates the ring at the same moment, the next read returns that instance's epoch, together with these keys.
        return (decided with { Epoch = ring.Epoch ?? plan.Epoch, WrittenAt = now }, plan);

        bool IsAlive(LocalKeyPair key) => !keys.Revoked.ContainsKey(key.KeyId) && !deleted.Contains(key.KeyId);

        LocalKeyPair? Alive(LocalKeyPair? key) => key is not null && IsAlive(key) ? key : null;

        PairAction Action()
        {
            if (own.Current is null) return PairAction.Create;
            if (current is null || (next is null && generate is not null)) return PairAction.Replace;
            if (rotate || now >= own.Deadline) return PairAction.Rotate;
            var isComplete = ring.Epoch is not null && ring.Contains(current.KeyId) && (next is null || ring.Contains(next.KeyId));
            return isComplete ? PairAction.None : PairAction.Republish;
        }
    }

    /// <summary>
    /// Returns the keys that an operator has deleted. The entry of a deleted key is missing before its expiry, although the ring still exists. If the
    /// whole ring is missing, the store has lost all data, and no key counts as deleted.
    /// </summary>
    private static HashSet<KeyId> Deleted(LocalKeyPairs own, ServiceReading ring, StoreTime now) =>
        own.Epoch is not null && ring.Epoch == own.Epoch
            ? own.All(now).Select(key => key.KeyId).Where(keyId => !ring.Contains(keyId)).ToHashSet()
            : [];

    /// <summary>
    /// Returns the revocations that must be added to the ring of the service. The result contains the deleted keys, the keys that an operator has
    /// revoked for all services, and revocations that the store has lost.
    /// </summary>
    private static ImmutableDictionary<KeyId, StoreTime> Revocations(LocalKeyPairs own, ServiceReading ring, IssuerKeys keys, HashSet<KeyId> deleted, StoreTime forgetAt)
    {
        var ours = own.All(now: default).Select(key => key.KeyId).ToHashSet();
        // If not all revocations were read, those in memory may be stored nevertheless. Writing them after each read would not end.
        var lost = ring.IsTruncated ? ImmutableDictionary<KeyId, StoreTime>.Empty : keys.OwnRevoked;
        return lost.Concat(keys.Revoked.Where(pair => ours.Contains(pair.Key) || ring.Contains(pair.Key)))
            .Concat(deleted.Select(keyId => KeyValuePair.Create(keyId, forgetAt)))
            .Where(pair => !ring.Revoked.ContainsKey(pair.Key))
            .DistinctBy(pair => pair.Key)
            .ToImmutableDictionary();
    }

    private static PairChange Plan(
        LocalKeyPairs own, PairAction action, ServiceReading ring, IssuerKeys keys, ImmutableDictionary<KeyId, StoreTime> revocations, StoreTime now, PairSchedule schedule)
    {
        var published = own.Publish(now + schedule.Lease).ToList();
        var entries = published.ToImmutableDictionary(key => key.Key.KeyId.ToString(), key => key.Entry, StringComparer.Ordinal);
        // An entry that is neither valid nor refused has expired. It is removed, whichever instance of the service wrote it.
        var refused = keys.Refused.Select(entry => entry.Entry).ToHashSet(StringComparer.Ordinal);
        var removed = ring.Entries.Keys.Where(name => !entries.ContainsKey(name) && Valid(name) is null && !refused.Contains(name));
        return new PairChange(
            action,
            RandomNumberGenerator.GetHexString(16, lowercase: true),
            entries,
            [.. removed, .. ring.Entries.Keys.Where(name => Valid(name) is { } keyId && revocations.ContainsKey(keyId))],
            revocations,
            now,
            keys.Keys.Values.Concat(published).Select(key => key.Until).DefaultIfEmpty(now).Max(),
            now + schedule.RevocationRetention)
        {
            // A write stores the keys and the epoch together. If the store contains a key of this process but no readable epoch, the stored epoch is invalid or
            // was deleted.
            ReplacesEpoch = ring.Epoch is null && entries.Keys.Any(ring.Entries.ContainsKey),
        };

        KeyId? Valid(string name) => KeyId.TryParse(name) is { } keyId && keys.Keys.ContainsKey(keyId) ? keyId : null;
    }
}
