namespace Rewt.Internal;

/// <summary>How one place fares: what it gave last, and what is the matter if it gives nothing now.</summary>
/// <param name="Name">What to call it in a log.</param>
/// <param name="Keys">What it gave last; <see langword="null"/> when it never did.</param>
/// <param name="At">When it gave that.</param>
/// <param name="Failure">Why it gives nothing now; <see langword="null"/> when it does.</param>
internal sealed record PlaceState(string Name, PublicKeySet? Keys, Moment At, KeyPlaceException? Failure)
{
    /// <summary>Whether its keys may be used: not longer than the budget after it gave them.</summary>
    public bool IsUsable(TimeSpan staleBudget, Moment now) => Keys is not null && (Failure is null || now.Since(At) <= staleBudget);
}
