using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Creates the <see cref="ClaimsIdentity"/> of a token that <see cref="TokenVerifier"/> has verified. The class calls the protected method
/// <c>CreateClaimsIdentity</c> of the base class.
/// </summary>
internal sealed class ClaimsIdentityFactory : JsonWebTokenHandler
{
    public ClaimsIdentity Create(JsonWebToken token, TokenValidationParameters parameters) =>
        CreateClaimsIdentity(token, parameters, string.IsNullOrEmpty(token.Issuer) ? ClaimsIdentity.DefaultIssuer : token.Issuer);
}
