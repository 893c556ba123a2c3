namespace Rewt.Internal;

/// <summary>
/// The revoked key ids that this instance has seen. They only grow until each may be forgotten, so that what a failover or a lagging
/// server loses is merged back.
/// </summary>
internal sealed class RevocationMemory
{
    private readonly Dictionary<string, long> _dead = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Dead => _dead;

    /// <summary>Learns from a reading that is trusted; what a plan kills counts from now on, written or not.</summary>
    public void Learn(IEnumerable<KeyValuePair<string, long>> dead, long now)
    {
        foreach (var (keyId, forgetAt) in dead)
        {
            if (forgetAt > now) _dead[keyId] = Math.Max(forgetAt, _dead.GetValueOrDefault(keyId));
        }

        foreach (var keyId in _dead.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList()) _dead.Remove(keyId);
    }

    /// <summary>The ring began anew: no key of its former life may come back.</summary>
    public void BuryFormerLife(RingSnapshot former, RingReading reading, long forgetAt)
    {
        var alive = reading.Ring?.KeyIds().ToHashSet(StringComparer.Ordinal) ?? [];
        Learn(former.KeyIds.Where(keyId => !alive.Contains(keyId)).Select(keyId => KeyValuePair.Create(keyId, forgetAt)), reading.Now);
    }
}
