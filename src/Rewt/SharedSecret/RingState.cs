using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The ring of a shared secret as it is stored: the current, the pending and the retired secrets, and the time at which the current secret is
/// rotated.
/// </summary>
/// <param name="Epoch">A random value that identifies the ring. A new ring has another epoch, so that the versions of different rings are never
/// compared.</param>
/// <param name="Version">A number that increases with each write.</param>
/// <param name="Current">The current secret, which signs; <see langword="null"/> if there is none.</param>
/// <param name="Deadline">The time at which the current secret is rotated.</param>
/// <param name="Next">The pending secret; <see langword="null"/> if there is none.</param>
/// <param name="NextBorn">The time at which the pending secret was created.</param>
/// <param name="Retired">The retired secrets, which only verify.</param>
internal sealed record RingState(
    string Epoch,
    long Version,
    Secret? Current,
    StoreTime Deadline,
    Secret? Next,
    StoreTime NextBorn,
    ImmutableArray<RetiredKey> Retired)
{
    /// <summary>
    /// The time at which the current secret was created; <see cref="StoreTime.Unknown"/> if this library did not create the secret.
    /// </summary>
    public StoreTime CurrentBorn { get; init; }

    /// <summary>
    /// The longest time for which a service that has written the ring since the last rotation lets retired secrets verify. Services with shorter settings
    /// also keep the secrets that they retire for this time.
    /// </summary>
    public TimeSpan Retention { get; init; }

    public IEnumerable<KeyId> KeyIds()
    {
        if (Current is not null) yield return Current.KeyId;
        if (Next is not null) yield return Next.KeyId;
        foreach (var retired in Retired) yield return retired.Secret.KeyId;
    }
}
