using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The codes, descriptions and exceptions of refusals. All are fixed texts, so that no part of a token or key gets into a header.</summary>
internal static class RefusalText
{
    public static string Code(RewtRefusal refusal) => refusal switch
    {
        RewtRefusal.StaleKey => "stale_key",
        RewtRefusal.Expired => "expired",
        RewtRefusal.NotYetValid => "not_yet_valid",
        RewtRefusal.BadAudience => "bad_audience",
        RewtRefusal.WrongRequest => "wrong_request",
        RewtRefusal.Replayed => "replayed",
        _ => "invalid",
    };

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
    /// applications copy it into responses. <c>Data["rewt.reason"]</c> and <c>Data["rewt.detail"]</c> are for the service's own log.
    /// </summary>
    public static SecurityTokenException Exception(TokenRefusal refusal)
    {
        var message = Description(refusal.Public);
        SecurityTokenException exception = refusal.Public switch
        {
            RewtRefusal.StaleKey => new SecurityTokenSignatureKeyNotFoundException(message),
            RewtRefusal.Expired => new SecurityTokenExpiredException(message),
            RewtRefusal.NotYetValid => new SecurityTokenNotYetValidException(message),
            RewtRefusal.BadAudience => new SecurityTokenInvalidAudienceException(message),
            RewtRefusal.Replayed => new SecurityTokenReplayDetectedException(message),
            _ => refusal.Reason == RefusalReason.WrongSignature ? new SecurityTokenInvalidSignatureException(message) : new SecurityTokenValidationException(message),
        };
        exception.Data["rewt.reason"] = refusal.Reason.ToString();
        exception.Data["rewt.detail"] = refusal.ToString();
        return exception;
    }
}
