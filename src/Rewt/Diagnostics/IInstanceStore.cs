namespace Rewt.Internal;

/// <summary>
/// The list of live instances in the store: each instance writes there which version of the key ring it holds. Callers read the list to wait until a
/// revocation has reached every instance, and to show the operator those that lag behind.
/// </summary>
internal interface IInstanceStore
{
    /// <summary>
    /// Replaces <paramref name="former"/> with <paramref name="heartbeat"/>, and removes entries last seen before <paramref name="forgetBefore"/>.
    /// </summary>
    Task AnnounceAsync(InstanceHeartbeat heartbeat, InstanceHeartbeat? former, StoreTime forgetBefore, CancellationToken cancellationToken);

    /// <summary>Removes the entry of an instance that stops.</summary>
    Task LeaveAsync(InstanceHeartbeat heartbeat, CancellationToken cancellationToken);

    Task<IReadOnlyList<InstanceHeartbeat>> ReadAsync(CancellationToken cancellationToken);
}
