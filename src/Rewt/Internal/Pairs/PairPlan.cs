using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>What an instance writes into the ring of its service. Times are Unix milliseconds by the store's clock.</summary>
/// <param name="Action">Why.</param>
/// <param name="Epoch">The epoch of a ring that has none.</param>
/// <param name="Entries">The instance's own keys.</param>
/// <param name="Removed">Key ids whose entries go.</param>
/// <param name="Dead">Key ids that die, or that the store has lost from its memory, and when each may be forgotten.</param>
/// <param name="Now">What the clock said.</param>
/// <param name="KeysUntil">When the entries vanish if nobody renews them.</param>
/// <param name="RememberUntil">When the rest of the ring does.</param>
internal sealed record PairPlan(
    PairAction Action,
    string Epoch,
    ImmutableDictionary<string, byte[]> Entries,
    ImmutableArray<string> Removed,
    ImmutableDictionary<string, long> Dead,
    long Now,
    long KeysUntil,
    long RememberUntil)
{
    /// <summary>Others have something to learn of it.</summary>
    public bool IsNews => Action != PairAction.Renew;

    /// <summary>What a log may say.</summary>
    public override string ToString() => $"{Action}, {Entries.Count} keys of this instance, {Dead.Count} revoked";
}
