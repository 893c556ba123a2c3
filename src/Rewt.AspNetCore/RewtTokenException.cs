using Microsoft.IdentityModel.Tokens;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The exception that contains the precise reason why a token was refused. JwtBearer's event <c>OnAuthenticationFailed</c> and
/// <c>AuthenticateResult.Failure</c> contain an outer exception, whose <see cref="Exception.InnerException"/> is this exception. The message is a
/// fixed text. Do not send <see cref="Detail"/> to the caller.
/// </summary>
public sealed class RewtTokenException : SecurityTokenException
{
    private readonly TokenRefusal _refusal;

    internal RewtTokenException(TokenRefusal refusal)
        : base(RefusalText.Description(refusal.Public)) => _refusal = refusal;

    /// <summary>The precise reason of the refusal, which names the check that refused the token.</summary>
    public RefusalReason Reason => _refusal.Reason;

    /// <summary>
    /// A message for an operator with the received value, the expected value and the solution. Text from the token is shortened and escaped.
    /// </summary>
    public string Detail => _refusal.ToString();
}
