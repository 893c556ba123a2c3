using Microsoft.IdentityModel.Tokens;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The precise reason why a token was refused: the inner exception of the one that JwtBearer's <c>AuthenticationFailed</c> event and
/// <c>AuthenticateResult.Failure</c> have. Its message is a fixed text. The caller must not get <see cref="Detail"/>.
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
