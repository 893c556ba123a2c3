using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>Creates tokens with the same claims through JsonWebTokenHandler.</summary>
internal static class PeerTokens
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    public static string Create(SigningCredentials credentials)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "inventory",
            Audience = "inventory",
            IssuedAt = now,
            Expires = now.AddHours(6),
            TokenType = "rewt+jwt",
            Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["jti"] = Guid.NewGuid().ToString("N")[..22] },
            SigningCredentials = credentials,
        });
    }
}
