namespace Rewt.Internal;

/// <summary>
/// Remembers, until they may be forgotten, the revoked key ids that this instance has read. If the store loses revocations, by a failover or a
/// lagging replica, they still count and are written back.
/// </summary>
internal sealed class RevocationMemory
{
    /// <summary>The longest time that an id is kept, whatever the store contains.</summary>
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(366);

    private readonly Dictionary<string, StoreTime> _revoked = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, StoreTime> Revoked => _revoked;

    /// <summary>Adds revocations from a trusted reading or from a plan. A plan's revocations count at once, even if they cannot be written.</summary>
    public void Learn(IEnumerable<KeyValuePair<string, StoreTime>> revocations, StoreTime now)
    {
        foreach (var (keyId, forgetAt) in revocations)
        {
            if (forgetAt > now) _revoked[keyId] = StoreTime.Max(StoreTime.Min(forgetAt, now + LongestRetention), _revoked.GetValueOrDefault(keyId));
        }

        foreach (var keyId in _revoked.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList()) _revoked.Remove(keyId);
    }

    /// <summary>Revokes the keys of the former epoch, because the ring has started over.</summary>
    public void RevokeFormerEpoch(RingSnapshot former, RingReading reading, StoreTime forgetAt)
    {
        var alive = reading.Ring?.KeyIds().ToHashSet(StringComparer.Ordinal) ?? [];
        Learn(former.KeyIds.Where(keyId => !alive.Contains(keyId)).Select(keyId => KeyValuePair.Create(keyId, forgetAt)), reading.Now);
    }
}
