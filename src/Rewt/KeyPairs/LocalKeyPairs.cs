using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The key pairs that this process has generated, by their state: current, pending and retired. <see cref="PairPolicy"/> determines which write is
/// due, and returns the new state.
/// </summary>
/// <param name="Current">The current key, which signs.</param>
/// <param name="Deadline">The time at which the current key is retired.</param>
/// <param name="Next">The pending key.</param>
/// <param name="Retired">The retired keys, each with the time until which it verifies.</param>
/// <param name="Epoch">The random value that the store contains beside the published keys; <see langword="null"/> before the keys are published. If
/// the store contains another value, it has lost the published keys.</param>
/// <param name="WrittenAt">The time at which the keys were last written; <see cref="StoreTime.Unknown"/> if they were never written.</param>
internal sealed record LocalKeyPairs(
    LocalKeyPair? Current, StoreTime Deadline, LocalKeyPair? Next, ImmutableArray<KeyValuePair<LocalKeyPair, StoreTime>> Retired, string? Epoch, StoreTime WrittenAt)
{
    public static readonly LocalKeyPairs None = new(null, default, null, [], null, default);

    /// <summary>Returns the keys that still sign or verify at the given time.</summary>
    public IEnumerable<LocalKeyPair> All(StoreTime now)
    {
        if (Current is not null) yield return Current;
        if (Next is not null) yield return Next;
        foreach (var (key, until) in Retired)
        {
            if (until > now) yield return key;
        }
    }

    /// <summary>Attests all keys. If the attestation of one key changes, all keys are written again.</summary>
    public LocalKeyPairs Attest(Func<LocalKeyPair, LocalKeyPair> attest)
    {
        var attested = this with
        {
            Current = Current is null ? null : attest(Current),
            Next = Next is null ? null : attest(Next),
            Retired = [.. Retired.Select(key => KeyValuePair.Create(attest(key.Key), key.Value))],
        };
        return All(default).SequenceEqual(attested.All(default), ReferenceEqualityComparer.Instance) ? this : attested with { WrittenAt = default };
    }

    /// <summary>
    /// Returns a copy in which no time is later than if the current key had become current at <paramref name="now"/>. The copy counts as not written, so
    /// that the keys are written again.
    /// </summary>
    public LocalKeyPairs StartingAt(StoreTime now, PairSchedule schedule) => this with
    {
        Deadline = StoreTime.Min(Deadline, now + schedule.Interval),
        Retired = [.. Retired.Select(key => KeyValuePair.Create(key.Key, StoreTime.Min(key.Value, now + schedule.Retention)))],
        WrittenAt = default,
    };

    /// <summary>Returns the entries that are published for all keys.</summary>
    /// <param name="until">The time at which the entries of the current and the pending key expire, unless they are renewed.</param>
    public IEnumerable<PublishedKey> Publish(StoreTime until)
    {
        if (Current is not null) yield return Current.Publish(RewtKeyState.Current, until);
        if (Next is not null) yield return Next.Publish(RewtKeyState.Pending, until);
        foreach (var (key, end) in Retired) yield return key.Publish(RewtKeyState.Retired, end);
    }
}
