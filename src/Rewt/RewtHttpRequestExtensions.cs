using Rewt.Internal;

namespace Rewt;

/// <summary>Extension methods that set the claims or the tenant of one request's token.</summary>
public static class RewtHttpRequestExtensions
{
    /// <summary>Adds claims to the token of this request. They take precedence over forwarded claims.</summary>
    /// <param name="request">The request.</param>
    /// <param name="claims">
    /// Names and values. <c>iss</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>, <c>jti</c> and <c>client_id</c> are reserved.
    /// </param>
    /// <returns>The request, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">A claim is reserved, or <c>sub</c> is not text of 1 to 1,024 characters without control characters.</exception>
    public static HttpRequestMessage SetRewtClaims(this HttpRequestMessage request, IReadOnlyDictionary<string, object> claims)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(claims);
        ReservedClaims.Refuse(claims);
        request.Options.Set(SigningMarks.Claims, claims);
        return request;
    }

    /// <summary>Signs this request with the key of a tenant (<see cref="RewtOptions.Tenants"/>); the token names the tenant.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tenant">The tenant's name: 1 to 128 letters, digits, <c>.</c> <c>_</c> <c>-</c>.</param>
    /// <returns>The request, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    public static HttpRequestMessage SetRewtTenant(this HttpRequestMessage request, string tenant)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(SigningMarks.Tenant, TenantName.Require(tenant));
        return request;
    }
}
