using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Returns, for the reason of a refused token, the fixed text of the <c>WWW-Authenticate</c> header and the exception for JwtBearer's events. No part
/// of a token or key gets into them.
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
    /// Creates the exception that JwtBearer's events get, of the type that JwtBearer raises for the reason. Its message is a fixed text, because
    /// applications copy it into responses. The inner exception has the precise reason.
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
