using System.Collections.Frozen;

namespace Rewt.Internal;

/// <summary>
/// Checks the claims that a caller adds to a token. A claim that the library itself writes is refused (RFC 7519 §4.1). A subject that receivers would
/// refuse is refused too.
/// </summary>
internal static class ReservedClaims
{
    private static readonly FrozenSet<string> All = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, ["iss", "aud", "iat", "exp", "nbf", "jti", AppName.ClientIdClaim, .. TokenBinding.Claims]);

    public static bool Contains(string name) => All.Contains(name);

    /// <exception cref="ArgumentException">The name of a claim is reserved, or the subject is invalid.</exception>
    public static void Refuse(IReadOnlyDictionary<string, object> claims, bool isTenantReserved = false)
    {
        if (claims is AppClaims) return;
        foreach (var (name, value) in claims)
        {
            if (isTenantReserved && name.Equals(TenantName.Claim, StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"The claim '{name}' is set by Rewt to the tenant that the token is signed for; remove it.", nameof(claims));
            if (All.Contains(name)) throw new ArgumentException($"The claim '{name}' is set by Rewt; use another name.", nameof(claims));
            if (name == "sub" && (value is not string subject || !Names.IsForeignIdentifier(subject)))
            {
                throw new ArgumentException(
                    $"The claim 'sub' must be text of 1 to {Names.MaximumForeignLength} characters without control characters; put any other value in a claim with another name.",
                    nameof(claims));
            }
        }
    }
}
