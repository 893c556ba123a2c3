using System.Globalization;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>The result of one read by <c>rewt watch</c>: the key ring and its live instances.</summary>
internal sealed record WatchState(RingSnapshot Ring, IReadOnlyList<InstanceHeartbeat> Marks, string? DegradedReason)
{
    public IReadOnlyList<WatchedInstance> Instances() =>
    [
        .. Marks.Select(mark => new WatchedInstance(
            mark.Instance, mark.Version, mark.Epoch == Ring.Epoch && mark.Version >= Ring.Version, Math.Max(0, (Ring.ReadAt - mark.SeenAt).TotalSeconds))),
    ];

    public bool IsSameAs(WatchState other) =>
        Ring.Epoch == other.Ring.Epoch && Ring.Version == other.Ring.Version && DegradedReason == other.DegradedReason
        && Instances().Select(instance => (instance.Instance, instance.Version)).SequenceEqual(other.Instances().Select(instance => (instance.Instance, instance.Version)));

    /// <summary>Returns one line of text for each change since an earlier state.</summary>
    public IEnumerable<string> EventsSince(WatchState? before)
    {
        var at = Ring.ReadAt.ToDateTimeOffset().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        if (DegradedReason is not null && DegradedReason != before?.DegradedReason) yield return $"{at}Z {DegradedReason}";
        if (Ring.IsNothing && before?.Ring.IsNothing != true) yield return $"{at}Z the namespace has no key ring yet; the first service that may write creates it";
        var known = before?.Ring.ToKeys().ToDictionary(key => key.KeyId, key => key.State, StringComparer.Ordinal) ?? [];
        foreach (var key in Ring.ToKeys())
        {
            if (!known.TryGetValue(key.KeyId, out var state) || state != key.State) yield return $"{at}Z key {key.KeyId} is {RingFormatter.State(key)}, version {Ring.Version}, by {Ring.ChangedBy ?? "unknown"}";
        }

        var held = before?.Instances().ToDictionary(instance => instance.Instance, instance => instance.Version, StringComparer.Ordinal) ?? [];
        foreach (var instance in Instances())
        {
            if (!held.TryGetValue(instance.Instance, out var version) || version != instance.Version) yield return $"{at}Z instance {instance.Instance} has version {instance.Version}";
            held.Remove(instance.Instance);
        }

        foreach (var gone in held.Keys) yield return $"{at}Z instance {gone} is gone";
    }
}
