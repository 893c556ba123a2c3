using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>What to write, as the whole state that shall be: applying it twice is the same as once.</summary>
/// <param name="Action">Why.</param>
/// <param name="Ring">The ring that shall be.</param>
/// <param name="SetSecret">The value to put into the secret's key; <see langword="null"/> leaves the value as it is.</param>
/// <param name="ExpireAt">When the secret's key expires (Unix milliseconds); <see langword="null"/> leaves the TTL as it is.</param>
/// <param name="Dead">Key ids that die, and when each may be forgotten.</param>
internal sealed record RingPlan(
    RingAction Action,
    RingState Ring,
    Secret? SetSecret,
    long? ExpireAt,
    ImmutableDictionary<string, long> Dead)
{
    /// <summary>By whom the change comes about, for the record beside the ring.</summary>
    public string? By { get; init; }

    /// <summary>The ring ends: the secret and the ring go, the dead stay until they may be forgotten.</summary>
    public bool IsDeletion { get; init; }

    /// <summary>What a log may say: names of keys, no secret.</summary>
    public override string ToString() => $"{Action}, version {Ring.Version}, current key {Ring.Current?.KeyId ?? "none"}";
}
