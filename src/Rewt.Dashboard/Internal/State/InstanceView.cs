namespace Rewt.Internal;

/// <summary>The data that the dashboard shows of one live instance.</summary>
/// <param name="Name">The name of the instance: the service's name and a random suffix.</param>
/// <param name="Version">The version of the key ring that the instance has loaded.</param>
/// <param name="IsBehind">Whether another instance has a newer version of the key ring; <see langword="null"/> if the versions of different instances
/// cannot be compared.</param>
/// <param name="SeenAt">The time at which the instance last read the key ring, in Unix milliseconds.</param>
/// <param name="IsThis">Whether the instance is the one that returned the page.</param>
internal sealed record InstanceView(string Name, long Version, bool? IsBehind, long SeenAt, bool IsThis);
