using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>A refused token as ASP.NET Core's events know it, with the fixed text and nothing of the token.</summary>
internal sealed class TokenRefusedException(RewtRefusal refusal) : SecurityTokenValidationException(RefusalText.Description(refusal))
{
    public RewtRefusal Refusal => refusal;
}
