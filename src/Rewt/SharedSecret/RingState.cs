using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The ring that is stored with the secret. Times are Unix milliseconds by the store's clock. <paramref name="Epoch"/> is random and changes whenever
/// the ring starts over, so that versions of two epochs are never compared.
/// </summary>
internal sealed record RingState(
    string Epoch,
    long Version,
    Secret? Current,
    long Deadline,
    Secret? Next,
    long NextBorn,
    ImmutableArray<RetiredKey> Retired)
{
    /// <summary>When the current key was created; 0 if that is unknown, because it was not created by this library.</summary>
    public long CurrentBorn { get; init; }

    public IEnumerable<string> KeyIds()
    {
        if (Current is not null) yield return Current.KeyId;
        if (Next is not null) yield return Next.KeyId;
        foreach (var retired in Retired) yield return retired.Secret.KeyId;
    }
}
