using Rewt.Internal;

namespace Rewt;

/// <summary>What one request's token shall say.</summary>
public static class RewtHttpRequestExtensions
{
    /// <summary>Adds claims to the token of this request; they go before claims forwarded from the caller.</summary>
    /// <param name="request">The request.</param>
    /// <param name="claims">Names and values; <c>iss</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>, <c>jti</c> and <c>client_id</c> are not the caller's to set.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentException">A claim is reserved, or <c>sub</c> is no identifier.</exception>
    public static HttpRequestMessage SetRewtClaims(this HttpRequestMessage request, IReadOnlyDictionary<string, object> claims)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(claims);
        ReservedClaims.Refuse(claims);
        request.Options.Set(SigningMarks.Claims, claims);
        return request;
    }

    /// <summary>Signs this request for a tenant (<see cref="RewtOptions.Tenants"/>): with the tenant's own key, and a token that names the tenant.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tenant">The tenant's name: 1 to 128 letters, digits, <c>.</c> <c>_</c> <c>-</c>.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is no name.</exception>
    public static HttpRequestMessage SetRewtTenant(this HttpRequestMessage request, string tenant)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(SigningMarks.Tenant, TenantName.Require(tenant));
        return request;
    }
}
