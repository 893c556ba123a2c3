namespace Rewt.Internal;

/// <summary>The ring version that an instance held at its last announcement by the store's clock.</summary>
internal readonly record struct InstanceHeartbeat(string Instance, string Epoch, long Version, StoreTime SeenAt);
