using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The result of verifying a token.</summary>
internal sealed record TokenResult(RewtRefusal Refusal, bool IsForeign = false)
{
    /// <summary>The token is of another kind, so another authentication scheme may handle it.</summary>
    public static readonly TokenResult Foreign = new(RewtRefusal.Invalid, IsForeign: true);

    public bool IsValid => Refusal == RewtRefusal.None;

    public TokenHeader Header { get; init; }

    public TokenClaims? Claims { get; init; }

    public ClaimsIdentity? Identity { get; init; }

    public SecurityToken? Token { get; init; }

    /// <summary>The app that received the token, as <c>app:</c> and its id; <see langword="null"/> for a token of a service.</summary>
    public string? App { get; init; }

    /// <summary>The key that verified the token.</summary>
    public SecurityKey? Key { get; init; }

    public static TokenResult Refused(RewtRefusal refusal) => new(refusal);
}
