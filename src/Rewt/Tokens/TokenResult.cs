using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The result of the verification of a token: the claims and the identity of the token, or the reason why it is refused.</summary>
/// <param name="Cause">The reason why the token is refused, which is not sent to the caller; <see langword="null"/> for a valid token.</param>
/// <param name="IsForeign">Whether the token may be meant for another authentication scheme.</param>
internal sealed record TokenResult(TokenRefusal? Cause = null, bool IsForeign = false)
{
    /// <summary>The result for a token of another type, which another authentication scheme may handle.</summary>
    public static readonly TokenResult Foreign = new(new TokenRefusal(RefusalReason.OtherType), IsForeign: true);

    /// <summary>
    /// The result for a token whose key belongs to another namespace. The authentication scheme of the other namespace may handle the token.
    /// </summary>
    public static readonly TokenResult OfOtherNamespace = new(new TokenRefusal(RefusalReason.OtherNamespace), IsForeign: true);

    /// <summary>The general reason that is sent to the caller; <see cref="RewtRefusal.None"/> for a valid token.</summary>
    public RewtRefusal Refusal => Cause?.Public ?? RewtRefusal.None;

    public bool IsValid => Cause is null;

    public TokenHeader? Header { get; init; }

    public TokenClaims? Claims { get; init; }

    public ClaimsIdentity? Identity { get; init; }

    public SecurityToken? Token { get; init; }

    /// <summary>
    /// The trusted app to which the token was issued, as <c>app:</c> followed by its id; <see langword="null"/> for a token of a service.
    /// </summary>
    public string? App { get; init; }

    /// <summary>The key that verified the token; <see langword="null"/> for a refused token.</summary>
    public SecurityKey? Key { get; init; }

    public static TokenResult Refused(RefusalReason reason, object? received = null, object? expected = null) => new(new TokenRefusal(reason, received, expected));
}
