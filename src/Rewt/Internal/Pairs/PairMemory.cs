using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The revocations that this instance has seen, by whose word each is: a service's own ring can kill only that service's keys, an operator's list any. They
/// only grow until each may be forgotten.
/// </summary>
internal sealed class PairMemory
{
    private readonly RevocationMemory _all = new();
    private readonly Dictionary<string, RevocationMemory> _services = new(StringComparer.Ordinal);

    /// <summary>Those that count whoever's the key is.</summary>
    public IReadOnlyDictionary<string, long> Everywhere => _all.Dead;

    public void Learn(PairReading reading)
    {
        _all.Learn(reading.Dead, reading.Now);
        foreach (var (service, ring) in reading.Services)
        {
            if (!_services.TryGetValue(service, out var memory)) _services.Add(service, memory = new RevocationMemory());
            memory.Learn(ring.Dead, reading.Now);
        }
    }

    /// <summary>Those of one service.</summary>
    public IReadOnlyDictionary<string, long> OwnDeadOf(string service) =>
        _services.TryGetValue(service, out var memory) ? memory.Dead.ToImmutableDictionary(StringComparer.Ordinal) : ImmutableDictionary<string, long>.Empty;

    /// <summary>All that count for one service.</summary>
    public IReadOnlyDictionary<string, long> DeadOf(string service) =>
        OwnDeadOf(service).Concat(_all.Dead).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>A plan that kills counts from now on, written or not.</summary>
    public void Learn(string service, PairPlan plan)
    {
        if (!_services.TryGetValue(service, out var memory)) _services.Add(service, memory = new RevocationMemory());
        memory.Learn(plan.Dead, plan.Now);
    }
}
