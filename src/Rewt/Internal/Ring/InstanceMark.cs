namespace Rewt.Internal;

/// <summary>Which ring an instance held when it last looked (Unix milliseconds by the store's clock).</summary>
internal readonly record struct InstanceMark(string Instance, string Epoch, long Version, long SeenAt);
