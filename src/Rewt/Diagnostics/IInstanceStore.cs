namespace Rewt.Internal;

/// <summary>
/// The store of the list of live instances. Each instance writes an entry with the version of the key ring that the instance has loaded. With the
/// list, a caller can wait until a revocation has reached every instance, and an operator sees which instances have an old version.
/// </summary>
internal interface IInstanceStore
{
    /// <summary>
    /// Writes the entry <paramref name="heartbeat"/> of an instance in place of the entry <paramref name="former"/>, and removes entries that were
    /// last renewed before <paramref name="forgetBefore"/>.
    /// </summary>
    Task AnnounceAsync(InstanceHeartbeat heartbeat, InstanceHeartbeat? former, StoreTime forgetBefore, CancellationToken cancellationToken);

    /// <summary>Removes the entry of an instance that is stopping.</summary>
    Task LeaveAsync(InstanceHeartbeat heartbeat, CancellationToken cancellationToken);

    Task<IReadOnlyList<InstanceHeartbeat>> ReadAsync(CancellationToken cancellationToken);
}
