namespace Rewt.Internal;

/// <summary>
/// A key ring as this instance knows it and the dashboard shows it. Times are Unix milliseconds by the clock of Redis, durations milliseconds.
/// </summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Kind"><c>shared-secret</c>, <c>key-pairs</c>, <c>configured-keys</c> or <c>tenants</c>.</param>
/// <param name="CanChange">Whether the dashboard can rotate and revoke its keys.</param>
/// <param name="Trouble">The current problem with its fix, or <see langword="null"/>.</param>
/// <param name="Version">The version, which grows with each change.</param>
/// <param name="ChangedBy">The author of the last change.</param>
/// <param name="Now">The time by the clock of Redis; <see langword="null"/> before the first read.</param>
/// <param name="ContactAge">The time since the last read of Redis.</param>
/// <param name="Interval">The time for which a key signs.</param>
/// <param name="Retention">The time for which a retired key verifies.</param>
/// <param name="Keys">The keys, up to the maximum that the page shows.</param>
/// <param name="KeyCount">The number of keys.</param>
/// <param name="Instances">The instances that use this key ring, up to the maximum that the page shows.</param>
/// <param name="InstanceCount">The number of instances; <see langword="null"/> if there is no instance list.</param>
/// <param name="InstancesTrouble">The reason why the instances are unknown or not fresh, or <see langword="null"/>.</param>
internal sealed record RingView(
    string Namespace,
    string Kind,
    bool CanChange,
    string? Trouble,
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
    string? InstancesTrouble);
