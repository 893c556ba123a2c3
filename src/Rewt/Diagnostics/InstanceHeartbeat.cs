namespace Rewt.Internal;

/// <summary>The ring version of an instance, and the time of the read that it announced.</summary>
internal readonly record struct InstanceHeartbeat(string Instance, string Epoch, long Version, StoreTime SeenAt)
{
    /// <summary>The sealing keys of the instance; <see langword="null"/> if it has none. The store adds those of this process.</summary>
    public SealingState? Sealing { get; init; }
}
