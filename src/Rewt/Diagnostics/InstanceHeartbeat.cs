namespace Rewt.Internal;

/// <summary>
/// The entry of one instance in the list of live instances: its name, the epoch and version of the key ring that it holds, and when it last read the
/// ring. <see cref="InstanceTracker"/> renews the entry; an instance whose entry is no longer renewed counts as stopped.
/// </summary>
internal readonly record struct InstanceHeartbeat(string Instance, string Epoch, long Version, StoreTime SeenAt)
{
    /// <summary>The sealing keys of the instance; <see langword="null"/> if it has none. The store adds those of this process.</summary>
    public SealingState? Sealing { get; init; }
}
