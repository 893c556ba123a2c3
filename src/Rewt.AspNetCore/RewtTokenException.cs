using Microsoft.IdentityModel.Tokens;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The exception that contains the precise reason why a token was refused. This exception is the <see cref="Exception.InnerException"/> of the
/// exception in JwtBearer's event <c>OnAuthenticationFailed</c> and in <c>AuthenticateResult.Failure</c>. The <see cref="Exception.Message"/> is a
/// fixed text and contains no part of the token. Do not send <see cref="Detail"/> to the caller.
/// </summary>
public sealed class RewtTokenException : SecurityTokenException
{
    private readonly TokenRefusal _refusal;

    /// <summary>Creates an exception with which an application tests its handler of <c>OnAuthenticationFailed</c>.</summary>
    /// <param name="reason">The reason of the refusal.</param>
    public RewtTokenException(RefusalReason reason)
        : this(new TokenRefusal(reason))
    {
    }

    internal RewtTokenException(TokenRefusal refusal)
        : base(RefusalText.Description(refusal.Public)) => _refusal = refusal;

    /// <summary>The precise reason of the refusal, which names the check that refused the token.</summary>
    public RefusalReason Reason => _refusal.Reason;

    /// <summary>
    /// A message that tells an operator the received value, the expected value, the solution, the issuer and the key id. Text from the token is shortened
    /// and escaped.
    /// </summary>
    public string Detail => $"{_refusal}{_refusal.Names()}";
}
