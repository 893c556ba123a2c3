namespace Rewt.Internal;

/// <summary>
/// The limits on the length, the JSON depth and the number of values of a token, which apply when it is signed and before its claims are read.
/// </summary>
internal static class TokenLimits
{
    /// <summary>The longest token in characters. Longer tokens are neither signed nor verified.</summary>
    public const int TokenLength = 8192;

    public const int JsonDepth = 16;

    /// <summary>The most values in a header or a payload: its members and the elements of its lists, at all levels together.</summary>
    public const int Values = 512;
}
