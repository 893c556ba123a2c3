using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The ring of a shared secret as it is stored: the current, the pending and the retired secrets, and when the current one is rotated.
/// </summary>
/// <param name="Epoch">A random value that changes when the ring starts over, so that the versions of two rings are never compared.</param>
/// <param name="Version">Increases with each write.</param>
/// <param name="Current">The secret that signs; <see langword="null"/> when there is none.</param>
/// <param name="Deadline">When the current secret is rotated.</param>
/// <param name="Next">The pending secret; <see langword="null"/> when there is none.</param>
/// <param name="NextBorn">When the pending secret was created.</param>
/// <param name="Retired">The secrets that only verify.</param>
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
