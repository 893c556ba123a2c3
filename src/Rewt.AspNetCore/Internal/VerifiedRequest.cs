using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>
/// The result of verifying the token of one request: accepted, with the identity of the caller for this request alone, or refused with a reason.
/// </summary>
/// <param name="Verdict">Whether the token is accepted, or why it is refused.</param>
/// <param name="Identity">The identity of an accepted token. It belongs to this request alone.</param>
/// <param name="Properties">The ticket properties of an accepted token. They belong to this request alone.</param>
internal readonly record struct VerifiedRequest(TokenResult Verdict, ClaimsIdentity? Identity = null, AuthenticationProperties? Properties = null)
{
    private static readonly TokenResult Unresolved = TokenResult.Refused(RefusalReason.UnknownKey);

    /// <summary>Why the key of the token could not be found; <see langword="null"/> where the verdict applies.</summary>
    public RewtKeysUnavailableException? Outage { get; private init; }

    public static VerifiedRequest Unavailable(RewtKeysUnavailableException outage) => new(Unresolved) { Outage = outage };
}
