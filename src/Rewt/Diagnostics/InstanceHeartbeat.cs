namespace Rewt.Internal;

/// <summary>The ring version of an instance, and the time of the read that it announced, in Unix milliseconds by the store's clock.</summary>
internal readonly record struct InstanceHeartbeat(string Instance, string Epoch, long Version, long SeenAt);
