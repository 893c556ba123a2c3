using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>What JwtBearer writes beside the user into a ticket: when the token was issued and expires, and the token where it is saved.</summary>
internal static class TicketProperties
{
    public static AuthenticationProperties Of(TokenClaims claims, string? savedToken) => new(new Items(claims, savedToken), new LateDictionary<object?>());

    public static void Save(AuthenticationProperties properties, string token) =>
        properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);

    private static DateTimeOffset? At(long? seconds) => seconds is { } value ? DateTimeOffset.FromUnixTimeSeconds(value) : null;

    private sealed class Items(TokenClaims claims, string? savedToken) : LateDictionary<string?>
    {
        protected override Dictionary<string, string?> NewFilled()
        {
            var items = base.NewFilled();
            var properties = new AuthenticationProperties(items) { IssuedUtc = At(claims.IssuedAt), ExpiresUtc = At(claims.ExpiresAt) };
            if (savedToken is not null) Save(properties, savedToken);
            return items;
        }
    }
}
