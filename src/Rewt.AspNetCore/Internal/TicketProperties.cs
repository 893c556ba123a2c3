using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>The properties that JwtBearer puts into a ticket: when the token was issued and when it expires, and the token itself if it is saved.</summary>
internal static class TicketProperties
{
    public static AuthenticationProperties Create(TokenClaims claims, string? savedToken)
    {
        var properties = new AuthenticationProperties { IssuedUtc = At(claims.IssuedAt), ExpiresUtc = At(claims.ExpiresAt) };
        if (savedToken is not null) Save(properties, savedToken);
        return properties;
    }

    public static void Save(AuthenticationProperties properties, string token) =>
        properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);

    private static DateTimeOffset? At(long? seconds) => seconds is { } value ? DateTimeOffset.FromUnixTimeSeconds(value) : null;
}
