using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// Remembers the revocations of key pairs that this instance has read, so that a revoked key stays refused if the store loses the revocation. They
/// are separated by origin: a revocation among a service's own keys applies to this service only, one in the operator's list to all services.
/// </summary>
internal sealed class PairMemory
{
    private readonly RevocationMemory _all = new();
    private readonly Dictionary<string, RevocationMemory> _services = new(StringComparer.Ordinal);

    /// <summary>The revocations of the operator's list, which apply to the keys of any service.</summary>
    public IReadOnlyDictionary<string, StoreTime> Everywhere => _all.Revoked;

    public void Learn(PairReading reading)
    {
        _all.Learn(reading.Revoked, reading.Now);
        foreach (var (service, ring) in reading.Services) Of(service).Learn(ring.Revoked, reading.Now);
    }

    /// <summary>The revocations in one service's own ring.</summary>
    public IReadOnlyDictionary<string, StoreTime> OwnRevokedOf(string service) =>
        _services.TryGetValue(service, out var memory) ? memory.Revoked.ToImmutableDictionary(StringComparer.Ordinal) : ImmutableDictionary<string, StoreTime>.Empty;

    /// <summary>All revocations that apply to one service.</summary>
    public IReadOnlyDictionary<string, StoreTime> RevokedOf(string service) =>
        OwnRevokedOf(service).Concat(_all.Revoked).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>Adds the revocations of a change. They count at once, even if they cannot be written.</summary>
    public void Learn(string service, PairChange plan) => Of(service).Learn(plan.Revoked, plan.Now);

    private RevocationMemory Of(string service) => _services.TryGetValue(service, out var memory) ? memory : _services[service] = new RevocationMemory();
}
