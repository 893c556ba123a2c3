using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>The result of the verification of a request's token: either the identity of the caller, or the reason why the token is refused.</summary>
/// <param name="Outcome">Whether the token is accepted, or why it is refused.</param>
/// <param name="Identity">The identity in an accepted token. Each request gets its own copy.</param>
/// <param name="Properties">The authentication properties of an accepted token. Each request gets its own copy.</param>
internal readonly record struct VerifiedRequest(TokenResult Outcome, ClaimsIdentity? Identity = null, AuthenticationProperties? Properties = null)
{
    private static readonly TokenResult Unresolved = TokenResult.Refused(RefusalReason.UnknownKey);

    /// <summary>The outage because of which the key of the token could not be found; <see langword="null"/> if there was no outage.</summary>
    public RewtKeysUnavailableException? Outage { get; private init; }

    public static VerifiedRequest Unavailable(RewtKeysUnavailableException outage) => new(Unresolved) { Outage = outage };
}
