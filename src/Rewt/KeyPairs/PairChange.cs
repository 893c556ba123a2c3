using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// A write to the public keys that a service publishes, as determined by <see cref="PairPolicy"/>. The change contains the entries of this instance's
/// keys, and the ids of the keys to remove or revoke.
/// </summary>
/// <param name="Action">What the write does.</param>
/// <param name="Epoch">The random value that is written if the store has none yet: see <see cref="ServiceReading.Epoch"/>.</param>
/// <param name="Entries">The entries of the keys of this instance, by their names.</param>
/// <param name="Removed">The names of the entries that are removed.</param>
/// <param name="Revoked">The ids of the keys to revoke, each with the end of its retention time. Revocations that the store has lost are
/// included.</param>
/// <param name="Now">The time of the read on which the change is based, by the clock of the store.</param>
/// <param name="KeysUntil">The time at which the entries expire, unless they are renewed.</param>
/// <param name="RememberUntil">The time at which the epoch and the revocations expire in the store.</param>
internal sealed record PairChange(
    PairAction Action,
    string Epoch,
    ImmutableDictionary<string, byte[]> Entries,
    ImmutableArray<string> Removed,
    ImmutableDictionary<KeyId, StoreTime> Revoked,
    StoreTime Now,
    StoreTime KeysUntil,
    StoreTime RememberUntil)
{
    /// <summary>
    /// Whether the write replaces a stored value that cannot be read as an epoch. Without the replacement, each later reading would contain no epoch.
    /// </summary>
    public bool ReplacesEpoch { get; init; }

    /// <summary>Whether the write changes keys or revocations, so that other instances must be notified.</summary>
    public bool IsNews => Action != PairAction.Renew;

    /// <summary>Returns a text for the log, without keys.</summary>
    public override string ToString() => $"{Action}, {Entries.Count} keys of this instance, {Revoked.Count} revoked";
}
