namespace Rewt.Internal;

/// <summary>The announcement of one live instance: the version of the key ring that it holds, and the time of the read that returned it.</summary>
internal readonly record struct InstanceHeartbeat(string Instance, string Epoch, long Version, StoreTime SeenAt)
{
    /// <summary>The sealing keys of the instance; <see langword="null"/> if it has none. The store adds those of this process.</summary>
    public SealingState? Sealing { get; init; }
}
