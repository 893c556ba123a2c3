using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// What the fleet keeps beside the secret. Times are Unix milliseconds by the store's clock. <paramref name="Epoch"/> is random and
/// new whenever the ring starts from nothing, so that versions of two lives are never compared.
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
    public IEnumerable<string> KeyIds()
    {
        if (Current is not null) yield return Current.KeyId;
        if (Next is not null) yield return Next.KeyId;
        foreach (var retired in Retired) yield return retired.Secret.KeyId;
    }
}
