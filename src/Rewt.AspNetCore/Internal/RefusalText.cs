using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Maps each reason for a refusal to the fixed text of the <c>WWW-Authenticate</c> header and to the exception for the events of JwtBearer. The text
/// and the exception contain no part of a token or key.
/// </summary>
internal static class RefusalText
{
    public static string Description(RewtRefusal refusal) => refusal switch
    {
        RewtRefusal.StaleKey => "The signing key is unknown or revoked",
        RewtRefusal.Expired => "The token has expired",
        RewtRefusal.NotYetValid => "The token is not valid yet",
        RewtRefusal.BadAudience => "The token is for another audience",
        RewtRefusal.WrongRequest => "The token is not for this request",
        RewtRefusal.Replayed => "The token was used before",
        _ => "The token is not valid",
    };

    /// <summary>
    /// Creates the exception that the events of JwtBearer receive. The exception has the type that JwtBearer itself uses for the reason. The message
    /// is a fixed text, because applications copy the message into responses. The inner exception contains the precise reason.
    /// </summary>
    public static SecurityTokenException Exception(TokenRefusal refusal)
    {
        var precise = new RewtTokenException(refusal);
        return refusal.Public switch
        {
            RewtRefusal.StaleKey => new SecurityTokenSignatureKeyNotFoundException(precise.Message, precise),
            RewtRefusal.Expired => new SecurityTokenExpiredException(precise.Message, precise),
            RewtRefusal.NotYetValid => new SecurityTokenNotYetValidException(precise.Message, precise),
            RewtRefusal.BadAudience => new SecurityTokenInvalidAudienceException(precise.Message, precise),
            RewtRefusal.Replayed => new SecurityTokenReplayDetectedException(precise.Message, precise),
            _ => refusal.Reason == RefusalReason.WrongSignature ? new SecurityTokenInvalidSignatureException(precise.Message, precise) : new SecurityTokenValidationException(precise.Message, precise),
        };
    }
}
