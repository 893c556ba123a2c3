namespace Rewt.Internal;

/// <summary>
/// The store in which each live instance announces the version of the key ring that it holds, so that a caller can wait until a revocation has reached
/// all of them. It has no other use.
/// </summary>
internal interface IInstanceStore
{
    /// <summary>
    /// Replaces <paramref name="former"/> with <paramref name="mark"/>, and removes entries last seen before <paramref name="forgetBefore"/>.
    /// </summary>
    Task AnnounceAsync(InstanceHeartbeat mark, InstanceHeartbeat? former, StoreTime forgetBefore, CancellationToken cancellationToken);

    /// <summary>Removes the entry of an instance that stops.</summary>
    Task LeaveAsync(InstanceHeartbeat mark, CancellationToken cancellationToken);

    Task<IReadOnlyList<InstanceHeartbeat>> ReadAsync(CancellationToken cancellationToken);
}
