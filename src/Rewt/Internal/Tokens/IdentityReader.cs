using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The library's reading of claims, for a token about which everything else is settled.</summary>
internal sealed class IdentityReader : JsonWebTokenHandler
{
    public ClaimsIdentity Read(JsonWebToken token, TokenValidationParameters parameters) =>
        CreateClaimsIdentity(token, parameters, string.IsNullOrEmpty(token.Issuer) ? ClaimsIdentity.DefaultIssuer : token.Issuer);
}
