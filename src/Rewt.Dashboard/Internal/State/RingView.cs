namespace Rewt.Internal;

/// <summary>A key ring as this instance knows it. Times are Unix milliseconds by the clock of Redis, durations milliseconds.</summary>
/// <param name="Namespace">The trust domain.</param>
/// <param name="Kind"><c>shared-secret</c>, <c>key-pairs</c>, <c>given-keys</c> or <c>tenants</c>.</param>
/// <param name="CanChange">Whether it can be rotated and its keys revoked from here.</param>
/// <param name="Trouble">What is wrong, with the mend; <see langword="null"/> when nothing is.</param>
/// <param name="Version">Grows with each change.</param>
/// <param name="ChangedBy">By whom it was changed last.</param>
/// <param name="Now">The clock of Redis; <see langword="null"/> before the first read.</param>
/// <param name="ContactAge">Since Redis was read last.</param>
/// <param name="Interval">How long a key signs.</param>
/// <param name="Retention">How long a key that signs no more verifies.</param>
/// <param name="Keys">The keys, at most so many as a page can show.</param>
/// <param name="KeyCount">How many there are.</param>
/// <param name="Instances">The instances that keep this ring, at most so many as a page can show.</param>
/// <param name="InstanceCount">How many there are; <see langword="null"/> where nobody keeps a book of them.</param>
/// <param name="InstancesTrouble">Why they are not known or not fresh.</param>
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
