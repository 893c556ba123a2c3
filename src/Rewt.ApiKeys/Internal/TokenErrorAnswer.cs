namespace Rewt.Internal;

/// <summary>The JSON body of an error response of the token endpoint (RFC 6749 §5.2).</summary>
internal sealed record TokenErrorAnswer(string Error, string ErrorDescription);
