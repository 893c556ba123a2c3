using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>What a verifier says of a token.</summary>
internal sealed record TokenVerdict(RewtRefusal Refusal, bool IsForeign = false)
{
    /// <summary>Not ours to judge: another scheme may know it.</summary>
    public static readonly TokenVerdict Foreign = new(RewtRefusal.Invalid, IsForeign: true);

    public bool IsValid => Refusal == RewtRefusal.None;

    public TokenHeader Header { get; init; }

    public TokenClaims? Claims { get; init; }

    public ClaimsIdentity? Identity { get; init; }

    public SecurityToken? Token { get; init; }

    /// <summary>The app that the token is for, as <c>app:</c> and its id; <see langword="null"/> for a service's own.</summary>
    public string? App { get; init; }

    /// <summary>The key that verified.</summary>
    public SecurityKey? Key { get; init; }

    public static TokenVerdict Refused(RewtRefusal refusal) => new(refusal);
}
