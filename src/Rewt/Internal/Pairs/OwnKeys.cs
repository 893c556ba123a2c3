using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>The key pairs of this process and where each stands. Times are Unix milliseconds by the store's clock.</summary>
/// <param name="Current">The one that signs.</param>
/// <param name="Deadline">When it retires.</param>
/// <param name="Next">The one that follows.</param>
/// <param name="Retired">Those that sign no more, and until when they verify.</param>
/// <param name="Epoch">The life of the ring in which they stand; <see langword="null"/> before they do.</param>
/// <param name="WrittenAt">When they were written last; zero when never.</param>
internal sealed record OwnKeys(
    OwnKey? Current, long Deadline, OwnKey? Next, ImmutableArray<KeyValuePair<OwnKey, long>> Retired, string? Epoch, long WrittenAt)
{
    public static readonly OwnKeys None = new(null, 0, null, [], null, 0);

    /// <summary>Those that have not had their time.</summary>
    public IEnumerable<OwnKey> All(long now)
    {
        if (Current is not null) yield return Current;
        if (Next is not null) yield return Next;
        foreach (var (key, until) in Retired)
        {
            if (until > now) yield return key;
        }
    }

    /// <summary>All of them as others see them.</summary>
    /// <param name="until">How long those that are in use stay without being renewed.</param>
    public IEnumerable<PublishedKey> Publish(long until)
    {
        if (Current is not null) yield return Current.Publish(RewtKeyState.Current, until);
        if (Next is not null) yield return Next.Publish(RewtKeyState.Pending, until);
        foreach (var (key, end) in Retired) yield return key.Publish(RewtKeyState.Retired, end);
    }
}
