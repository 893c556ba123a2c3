namespace Rewt.Internal;

/// <summary>What a token says, read strictly, and the verdict where it takes no waiting.</summary>
internal readonly record struct TokenReading(string Token, TokenHeader Header, TokenClaims Claims, TokenVerdict? Verdict)
{
    /// <summary>Decided before all of it was read.</summary>
    public TokenReading(TokenVerdict verdict)
        : this(string.Empty, default, null!, verdict)
    {
    }

    /// <summary>It names no key: the few that it may be signed with are tried.</summary>
    public bool IsKeyless { get; init; }

    /// <summary>Of Node's making.</summary>
    public bool IsNode { get; init; }
}
