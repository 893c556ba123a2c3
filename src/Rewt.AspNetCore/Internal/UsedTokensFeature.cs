namespace Rewt.Internal;

/// <summary>
/// A request feature with the one-time tokens that were accepted with this request. If the request is authenticated again, as after an exception with
/// <c>CreateScopeForErrors</c>, its own token is not a replay.
/// </summary>
internal sealed class UsedTokensFeature
{
    public HashSet<string> Tokens { get; } = new(StringComparer.Ordinal);
}
