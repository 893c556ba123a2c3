namespace Rewt.Internal;

/// <summary>
/// A received token after the first step of its verification, <see cref="TokenVerifier.Read"/>: its strictly parsed content, and the verdict if the
/// token could be verified or refused without waiting for keys.
/// </summary>
internal readonly record struct ParsedToken(string Token, TokenHeader Header, TokenClaims Claims, TokenResult? Verdict)
{
    /// <summary>Initializes a token whose verdict was reached before the whole token was parsed.</summary>
    public ParsedToken(TokenResult verdict)
        : this(string.Empty, null!, null!, verdict)
    {
    }

    /// <summary>Whether the token has no key id, so that a few keys are tried.</summary>
    public bool IsKeyless { get; init; }

    /// <summary>Whether the token came from Node's rewt.</summary>
    public bool IsNode { get; init; }
}
