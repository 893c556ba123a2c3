namespace Rewt.Internal;

/// <summary>Where live instances say which ring they hold, so that a revocation can be waited for. Nothing else depends on it.</summary>
internal interface IInstanceBook
{
    /// <summary>Writes <paramref name="mark"/> in place of <paramref name="former"/> and takes out those last seen before <paramref name="forgetBefore"/>.</summary>
    Task AnnounceAsync(InstanceMark mark, InstanceMark? former, long forgetBefore, CancellationToken cancellationToken);

    /// <summary>The instance ends.</summary>
    Task LeaveAsync(InstanceMark mark, CancellationToken cancellationToken);

    Task<IReadOnlyList<InstanceMark>> ReadAsync(CancellationToken cancellationToken);
}
