namespace Rewt.Internal;

/// <summary>The ring version that an instance held at its last announcement (Unix milliseconds by the store's clock).</summary>
internal readonly record struct InstanceHeartbeat(string Instance, string Epoch, long Version, long SeenAt);
