namespace Rewt.Internal;

/// <summary>A live instance as the dashboard shows it.</summary>
/// <param name="Name">The service's name and a random part.</param>
/// <param name="Version">The version of the key ring that the instance has loaded.</param>
/// <param name="IsBehind">
/// Whether another instance has a newer version; <see langword="null"/> if each instance counts its own versions.
/// </param>
/// <param name="SeenAt">The time of its last refresh, in Unix milliseconds.</param>
/// <param name="IsThis">Whether this instance serves the page.</param>
internal sealed record InstanceView(string Name, long Version, bool? IsBehind, long SeenAt, bool IsThis);
