using Microsoft.IdentityModel.Tokens;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// States precisely why a token was refused. It is the inner exception of the one in JwtBearer's <c>OnAuthenticationFailed</c> event and in
/// <c>AuthenticateResult.Failure</c>. The message is a fixed text. Do not send <see cref="Detail"/> to the caller.
/// </summary>
public sealed class RewtTokenException : SecurityTokenException
{
    private readonly TokenRefusal _refusal;

    internal RewtTokenException(TokenRefusal refusal)
        : base(RefusalText.Description(refusal.Public)) => _refusal = refusal;

    /// <summary>The check that refused the token.</summary>
    public RefusalReason Reason => _refusal.Reason;

    /// <summary>The received and the expected value with the solution, for an operator. Text from the token is shortened and escaped.</summary>
    public string Detail => _refusal.ToString();
}
