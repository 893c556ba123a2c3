using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>
/// Creates the <c>AuthenticationProperties</c> of an accepted token as JwtBearer does. The properties contain the times of issue and expiry, and the
/// token itself if <c>SaveToken</c> is set.
/// </summary>
internal static class TicketProperties
{
    public static AuthenticationProperties Create(TokenClaims claims, string? savedToken)
    {
        var properties = new AuthenticationProperties { IssuedUtc = TokenClaims.At(claims.IssuedAt), ExpiresUtc = TokenClaims.At(claims.ExpiresAt) };
        if (savedToken is not null) Save(properties, savedToken);
        return properties;
    }

    public static void Save(AuthenticationProperties properties, string token) =>
        properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);
}
