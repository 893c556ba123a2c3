namespace Rewt.Internal;

/// <summary>
/// The entry of one instance in the list of live instances: the name of the instance, the epoch and version of the key ring that it has loaded, and
/// the time of its last read. <see cref="InstanceTracker"/> renews the entry. An instance whose entry is not renewed counts as stopped.
/// </summary>
internal readonly record struct InstanceHeartbeat(string Instance, string Epoch, long Version, StoreTime SeenAt)
{
    /// <summary>The name of the service to which the instance belongs: see <see cref="InstanceTracker.NewName"/>.</summary>
    public string Service => Instance.Split('/')[0];

    /// <summary>
    /// The state of the instance's sealing keys; <see langword="null"/> if the instance has none. The store sets this property for the entry of this
    /// process.
    /// </summary>
    public SealingState? Sealing { get; init; }
}
