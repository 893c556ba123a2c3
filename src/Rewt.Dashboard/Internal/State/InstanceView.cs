namespace Rewt.Internal;

/// <summary>An instance in the book of the living.</summary>
/// <param name="Name">The service's name and a random part.</param>
/// <param name="Version">The version of the ring that it holds.</param>
/// <param name="IsBehind">Whether others hold a newer one; <see langword="null"/> where each counts for itself.</param>
/// <param name="SeenAt">When it looked last.</param>
/// <param name="IsThis">Whether it is the one that answers.</param>
internal sealed record InstanceView(string Name, long Version, bool? IsBehind, long SeenAt, bool IsThis);
