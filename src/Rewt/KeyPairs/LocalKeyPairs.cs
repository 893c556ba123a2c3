using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The key pairs that this process has generated, by their state: current, pending and retired. <see cref="PairPolicy"/> decides from it which write
/// is due, and returns it in its new state.
/// </summary>
/// <param name="Current">The key that signs.</param>
/// <param name="Deadline">When the current key retires.</param>
/// <param name="Next">The pending key.</param>
/// <param name="Retired">The retired keys, and how long each verifies.</param>
/// <param name="Epoch">The random value in the stored ring with the published keys, which shows that the ring was not lost; <see langword="null"/> before the keys are published.</param>
/// <param name="WrittenAt">When the keys were last written, or <see cref="StoreTime.Unknown"/>.</param>
internal sealed record LocalKeyPairs(
    LocalKeyPair? Current, StoreTime Deadline, LocalKeyPair? Next, ImmutableArray<KeyValuePair<LocalKeyPair, StoreTime>> Retired, string? Epoch, StoreTime WrittenAt)
{
    public static readonly LocalKeyPairs None = new(null, default, null, [], null, default);

    /// <summary>The keys that have not expired.</summary>
    public IEnumerable<LocalKeyPair> All(StoreTime now)
    {
        if (Current is not null) yield return Current;
        if (Next is not null) yield return Next;
        foreach (var (key, until) in Retired)
        {
            if (until > now) yield return key;
        }
    }

    /// <summary>Attests all keys. If the attestation of one key changes, all are written again.</summary>
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

    /// <summary>Returns the entries to publish for all keys.</summary>
    /// <param name="until">When the entries of the current and the pending key expire unless they are renewed.</param>
    public IEnumerable<PublishedKey> Publish(StoreTime until)
    {
        if (Current is not null) yield return Current.Publish(RewtKeyState.Current, until);
        if (Next is not null) yield return Next.Publish(RewtKeyState.Pending, until);
        foreach (var (key, end) in Retired) yield return key.Publish(RewtKeyState.Retired, end);
    }
}
