using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The exception that ASP.NET Core's events get for a rejected token. Its message is fixed and contains no part of the token.</summary>
internal sealed class TokenRefusedException(RewtRefusal refusal) : SecurityTokenValidationException(RefusalText.Description(refusal))
{
    public RewtRefusal Refusal => refusal;
}
