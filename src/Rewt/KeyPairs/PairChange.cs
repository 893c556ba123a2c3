using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>A write that one instance makes to its service's ring in the store: the entries of its own keys, and what is removed or revoked.</summary>
/// <param name="Action">The reason for the write.</param>
/// <param name="Epoch">The epoch for a ring that has none.</param>
/// <param name="Entries">The entries of the instance's own keys.</param>
/// <param name="Removed">The key ids whose entries are removed.</param>
/// <param name="Revoked">The key ids to revoke, including those that the store has lost, and when each may be forgotten.</param>
/// <param name="Now">The store's time at the decision.</param>
/// <param name="KeysUntil">When the entries expire unless they are renewed.</param>
/// <param name="RememberUntil">When the rest of the ring expires.</param>
internal sealed record PairChange(
    PairAction Action,
    string Epoch,
    ImmutableDictionary<string, byte[]> Entries,
    ImmutableArray<string> Removed,
    ImmutableDictionary<string, StoreTime> Revoked,
    StoreTime Now,
    StoreTime KeysUntil,
    StoreTime RememberUntil)
{
    /// <summary>Whether the write changes anything for other instances.</summary>
    public bool IsNews => Action != PairAction.Renew;

    /// <summary>Returns a text for logs, without key material.</summary>
    public override string ToString() => $"{Action}, {Entries.Count} keys of this instance, {Revoked.Count} revoked";
}
