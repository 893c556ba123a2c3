using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>What JwtBearer writes beside the user into a ticket.</summary>
internal static class TicketProperties
{
    /// <summary>Two times, and two more where the token is saved.</summary>
    private const int Items = 4;

    public static AuthenticationProperties Of(TokenClaims claims) => new(new Dictionary<string, string?>(Items, StringComparer.Ordinal)) { IssuedUtc = At(claims.IssuedAt), ExpiresUtc = At(claims.ExpiresAt) };

    public static void Save(AuthenticationProperties properties, string token) =>
        properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);

    private static DateTimeOffset? At(long? seconds) => seconds is { } value ? DateTimeOffset.FromUnixTimeSeconds(value) : null;
}
