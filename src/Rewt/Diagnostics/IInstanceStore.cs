namespace Rewt.Internal;

/// <summary>Stores the ring version that each live instance holds, so that a caller can wait for a revocation. It has no other use.</summary>
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
