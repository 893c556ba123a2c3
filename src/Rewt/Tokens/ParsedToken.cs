namespace Rewt.Internal;

/// <summary>
/// A received token after the first step of its verification (<see cref="TokenVerifier.Read"/>). The object contains the parsed content of the token.
/// If the token could be accepted or refused without waiting for keys, the object also contains the result.
/// </summary>
internal readonly record struct ParsedToken(string Token, TokenHeader Header, TokenClaims Claims, TokenResult? Outcome)
{
    /// <summary>Initializes a token that was refused before it was completely parsed.</summary>
    public ParsedToken(TokenResult verdict, TokenHeader? header = null, TokenClaims? claims = null)
        : this(string.Empty, header!, claims!, verdict)
    {
    }

    /// <summary>The key id that the token names; <see langword="null"/> if it names none, so that several keys are tried.</summary>
    public KeyId? KeyId { get; init; }

    /// <summary>Whether the token has the form of a token of the Node module <c>rewt</c>.</summary>
    public bool IsNode { get; init; }
}
