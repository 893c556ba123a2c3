namespace Rewt.Internal;

/// <summary>
/// A request feature with the one-time tokens that were accepted with this request. A request can be authenticated again, for example by an exception
/// handler with <c>CreateScopeForErrors</c>. The one-time token of the request is then accepted again and not refused as a replay.
/// </summary>
internal sealed class UsedTokensFeature
{
    public HashSet<string> Tokens { get; } = new(StringComparer.Ordinal);
}
