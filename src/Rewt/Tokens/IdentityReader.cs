using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>Creates the <see cref="ClaimsIdentity"/> of a fully verified token in the manner of JsonWebTokenHandler.</summary>
internal sealed class IdentityReader : JsonWebTokenHandler
{
    public ClaimsIdentity Read(JsonWebToken token, TokenValidationParameters parameters) =>
        CreateClaimsIdentity(token, parameters, string.IsNullOrEmpty(token.Issuer) ? ClaimsIdentity.DefaultIssuer : token.Issuer);
}
