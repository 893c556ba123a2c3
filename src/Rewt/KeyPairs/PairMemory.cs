using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// Keeps in memory the revocations of key pairs that this instance has read, so that a revoked key stays refused if the store loses the revocation. A
/// revocation by a service applies to the keys of that service only. A revocation by an operator applies to all services.
/// </summary>
internal sealed class PairMemory
{
    private readonly RevocationMemory _all = new();
    private readonly Dictionary<string, RevocationMemory> _services = new(StringComparer.Ordinal);

    /// <summary>The revocations by an operator, which apply to the keys of all services.</summary>
    public IReadOnlyDictionary<KeyId, StoreTime> Everywhere => _all.Revoked;

    public void Learn(PairReading reading)
    {
        _all.LearnStored(reading.Revoked, reading.Now);
        foreach (var (service, ring) in reading.Services) Of(service).LearnStored(ring.Revoked, reading.Now);
    }

    /// <summary>Returns the revocations in the ring of one service.</summary>
    public IReadOnlyDictionary<KeyId, StoreTime> OwnRevokedOf(string service) =>
        _services.TryGetValue(service, out var memory) ? memory.Revoked.ToImmutableDictionary() : ImmutableDictionary<KeyId, StoreTime>.Empty;

    /// <summary>Returns all revocations that apply to one service.</summary>
    public IReadOnlyDictionary<KeyId, StoreTime> RevokedOf(string service) =>
        OwnRevokedOf(service).Concat(_all.Revoked).DistinctBy(pair => pair.Key).ToImmutableDictionary();

    /// <summary>Adds the revocations of a change. The revocations are in effect at once, even if the change cannot be written.</summary>
    public void Learn(string service, PairChange plan) => Of(service).Learn(plan.Revoked, plan.Now);

    /// <summary>Adds the revocation of one key of a service.</summary>
    public void Learn(string service, KeyId keyId, StoreTime now, StoreTime forgetAt) => Of(service).Learn([KeyValuePair.Create(keyId, forgetAt)], now);

    private RevocationMemory Of(string service) => _services.TryGetValue(service, out var memory) ? memory : _services[service] = new RevocationMemory();
}
