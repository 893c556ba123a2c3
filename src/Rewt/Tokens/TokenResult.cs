using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The result of verifying a token: its claims and its identity, or the reason why it is refused.</summary>
/// <param name="Cause">Why the token is refused, for this service only; <see langword="null"/> for a valid token.</param>
/// <param name="IsForeign">Whether the token may be meant for another authentication scheme.</param>
internal sealed record TokenResult(TokenRefusal? Cause = null, bool IsForeign = false)
{
    /// <summary>The token is of another kind, so another authentication scheme may handle it.</summary>
    public static readonly TokenResult Foreign = new(new TokenRefusal(RefusalReason.OtherType), IsForeign: true);

    /// <summary>The key is that of another namespace, so the scheme of that namespace may handle the token.</summary>
    public static readonly TokenResult OfOtherNamespace = new(new TokenRefusal(RefusalReason.OtherNamespace), IsForeign: true);

    /// <summary>The reason that the caller gets.</summary>
    public RewtRefusal Refusal => Cause?.Public ?? RewtRefusal.None;

    public bool IsValid => Cause is null;

    public TokenHeader? Header { get; init; }

    public TokenClaims? Claims { get; init; }

    public ClaimsIdentity? Identity { get; init; }

    public SecurityToken? Token { get; init; }

    /// <summary>The app that received the token, as <c>app:</c> and its id; <see langword="null"/> for a token of a service.</summary>
    public string? App { get; init; }

    /// <summary>The key that verified the token.</summary>
    public SecurityKey? Key { get; init; }

    public static TokenResult Refused(RefusalReason reason, object? received = null, object? expected = null) => new(new TokenRefusal(reason, received, expected));
}
