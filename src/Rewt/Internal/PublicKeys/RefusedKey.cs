namespace Rewt.Internal;

/// <summary>An entry of a key set that is not used.</summary>
/// <param name="Entry">Where it stood: the name of the entry, or its place in the set. For a person to find it, safe to print.</param>
/// <param name="Problem">Why it is refused: a sentence without the full stop.</param>
internal sealed record RefusedKey(string Entry, string Problem)
{
    public override string ToString() => $"{Entry}: {Problem}";
}
