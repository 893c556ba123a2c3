namespace Rewt.Internal;

/// <summary>
/// The limits for the length, the JSON depth and the number of values of a token. The limits apply when a token is signed, and before the claims of a
/// received token are read.
/// </summary>
internal static class TokenLimits
{
    /// <summary>The maximum length of a token, in characters. A longer token is not signed and not verified.</summary>
    public const int TokenLength = 8192;

    public const int JsonDepth = 16;

    /// <summary>The maximum number of values in a header or a payload. Members and elements of lists are counted on all levels.</summary>
    public const int Values = 512;
}
