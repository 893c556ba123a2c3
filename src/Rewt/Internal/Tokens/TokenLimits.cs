namespace Rewt.Internal;

/// <summary>Limits that are checked before a token is decoded.</summary>
internal static class TokenLimits
{
    /// <summary>The longest token in characters. Longer tokens are neither signed nor verified.</summary>
    public const int TokenLength = 8192;

    public const int JsonDepth = 16;
}
