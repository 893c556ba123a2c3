namespace Rewt.Internal;

/// <summary>
/// Keeps in memory the revoked key ids that this instance has read, each until its retention time has passed. If the store loses revocations, because
/// of a failover or an outdated replica, they stay in effect in this instance and are written back.
/// </summary>
internal sealed class RevocationMemory
{
    /// <summary>
    /// The maximum number of key ids that are kept from readings. A Redis login with the necessary permission can replace the stored key ids again and
    /// again, and must not fill the memory.
    /// </summary>
    public const int Maximum = 10_000;

    /// <summary>The longest time for which a key id is kept. A longer retention time in the store is shortened to this time.</summary>
    public static readonly TimeSpan LongestRetention = TimeSpan.FromDays(366);

    private readonly Dictionary<KeyId, StoreTime> _revoked = [];

    /// <summary>The key ids of the last reading that exceed the maximum. They apply until the next reading.</summary>
    private readonly HashSet<KeyId> _excess = [];

    public IReadOnlyDictionary<KeyId, StoreTime> Revoked => _revoked;

    /// <summary>Adds the revocations of a reading.</summary>
    public void LearnStored(IReadOnlyDictionary<KeyId, StoreTime> revocations, StoreTime now)
    {
        foreach (var keyId in _excess) _revoked.Remove(keyId);
        _excess.Clear();
        var unknown = revocations.Keys.Where(keyId => !_revoked.ContainsKey(keyId));
        _excess.UnionWith(unknown.Skip(Math.Max(0, Maximum - _revoked.Count)));
        Learn(revocations, now);
    }

    /// <summary>
    /// Adds the revocations of a change that is to be written. The revocations are in effect at once, even if the change cannot be written.
    /// </summary>
    public void Learn(IEnumerable<KeyValuePair<KeyId, StoreTime>> revocations, StoreTime now)
    {
        foreach (var (keyId, forgetAt) in revocations)
        {
            if (forgetAt > now) _revoked[keyId] = StoreTime.Max(StoreTime.Min(forgetAt, now + LongestRetention), _revoked.GetValueOrDefault(keyId));
        }

        foreach (var keyId in _revoked.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList()) _revoked.Remove(keyId);
    }

    /// <summary>Revokes the keys of the former epoch, after a new ring has replaced the former ring.</summary>
    public void RevokeFormerEpoch(RingSnapshot former, RingReading reading, StoreTime forgetAt)
    {
        var alive = reading.Ring?.KeyIds().ToHashSet() ?? [];
        Learn(former.KeyIds.Where(keyId => !alive.Contains(keyId)).Select(keyId => KeyValuePair.Create(keyId, forgetAt)), reading.Now);
    }
}
