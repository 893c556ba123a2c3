namespace Rewt.Internal;

/// <summary>
/// The data that the dashboard shows of one key ring, as this instance last read it. Times are in Unix milliseconds by the clock of Redis. Durations
/// are in milliseconds.
/// </summary>
/// <param name="Namespace">The namespace of the key ring.</param>
/// <param name="Kind">The kind of the keys: <c>shared-secret</c>, <c>key-pairs</c>, <c>configured-keys</c> or <c>tenants</c>.</param>
/// <param name="CanChange">Whether the dashboard can rotate and revoke the keys of the key ring.</param>
/// <param name="Problem">The current problem and its solution; <see langword="null"/> if there is no problem.</param>
/// <param name="Version">The version of the key ring, which increases with each change.</param>
/// <param name="ChangedBy">The author of the last change of the key ring.</param>
/// <param name="Now">The current time by the clock of Redis; <see langword="null"/> before the first read.</param>
/// <param name="ContactAge">The time since this instance last read the key ring from Redis.</param>
/// <param name="Interval">The time for which a key signs.</param>
/// <param name="Retention">The time for which a retired key verifies.</param>
/// <param name="Keys">The keys, up to the maximum that the page shows.</param>
/// <param name="KeyCount">The number of all keys, including keys that the page does not show.</param>
/// <param name="Instances">The instances that use this key ring, up to the maximum that the page shows.</param>
/// <param name="InstanceCount">The number of all instances; <see langword="null"/> if the key ring has no instance list.</param>
/// <param name="InstancesProblem">The reason why the list of instances is missing or out of date; <see langword="null"/> if it is up to date.</param>
internal sealed record RingView(
    string Namespace,
    string Kind,
    bool CanChange,
    string? Problem,
    long Version,
    string? ChangedBy,
    long? Now,
    long? ContactAge,
    long Interval,
    long Retention,
    IReadOnlyList<KeyView> Keys,
    int KeyCount,
    IReadOnlyList<InstanceView> Instances,
    int? InstanceCount,
    string? InstancesProblem);
