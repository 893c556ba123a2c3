using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// A write to the public keys that a service publishes, as <see cref="PairPolicy"/> has decided it: the entries of this instance's own keys, and the
/// key ids to remove or revoke.
/// </summary>
/// <param name="Action">The reason for the write.</param>
/// <param name="Epoch">The random value for a ring that has none yet: see <see cref="ServiceReading.Epoch"/>.</param>
/// <param name="Entries">The entries of the instance's own keys.</param>
/// <param name="Removed">The key ids whose entries are removed.</param>
/// <param name="Revoked">The key ids to revoke, including those that the store has lost, and when each may be forgotten.</param>
/// <param name="Now">The store's time at the decision.</param>
/// <param name="KeysUntil">When the entries expire unless they are renewed.</param>
/// <param name="RememberUntil">When the epoch and the revocations expire.</param>
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
