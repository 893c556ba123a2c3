namespace Rewt.Internal;

/// <summary>Bounds that hold before a byte is decoded.</summary>
internal static class TokenLimits
{
    /// <summary>The longest token in characters: signers refuse to make a longer one, verifiers to read it.</summary>
    public const int TokenLength = 8192;

    public const int JsonDepth = 16;
}
