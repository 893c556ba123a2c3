namespace Rewt.Internal;

/// <summary>The JSON body of a successful response of the token endpoint, with the token (RFC 6749 §5.1).</summary>
internal sealed record TokenAnswer(string AccessToken, string TokenType, long ExpiresIn, string? Scope);
