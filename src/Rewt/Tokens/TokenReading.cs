namespace Rewt.Internal;

/// <summary>
/// A token between the two steps of its verification: its strictly parsed content, and the result if it was reached without waiting for keys.
/// </summary>
internal readonly record struct TokenReading(string Token, TokenHeader Header, TokenClaims Claims, TokenResult? Verdict)
{
    /// <summary>Initializes a reading whose verdict was reached before the whole token was parsed.</summary>
    public TokenReading(TokenResult verdict)
        : this(string.Empty, null!, null!, verdict)
    {
    }

    /// <summary>Whether the token has no key id, so that a few keys are tried.</summary>
    public bool IsKeyless { get; init; }

    /// <summary>Whether the token came from Node's rewt.</summary>
    public bool IsNode { get; init; }
}
