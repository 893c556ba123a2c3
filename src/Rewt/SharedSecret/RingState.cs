using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The ring that is stored with the secret. <paramref name="Epoch"/> is random and changes whenever
/// the ring starts over, so that versions of two epochs are never compared.
/// </summary>
internal sealed record RingState(
    string Epoch,
    long Version,
    Secret? Current,
    StoreTime Deadline,
    Secret? Next,
    StoreTime NextBorn,
    ImmutableArray<RetiredKey> Retired)
{
    /// <summary>When the current key was created; <see cref="StoreTime.Unknown"/> if this library did not create it.</summary>
    public StoreTime CurrentBorn { get; init; }

    public IEnumerable<string> KeyIds()
    {
        if (Current is not null) yield return Current.KeyId;
        if (Next is not null) yield return Next.KeyId;
        foreach (var retired in Retired) yield return retired.Secret.KeyId;
    }
}
