using Rewt.Internal;

namespace Rewt;

/// <summary>
/// Extension methods that set properties of the token of a single request: its claims, its tenant, its binding, and whether it is accepted only once.
/// </summary>
public static class RewtHttpRequestExtensions
{
    /// <summary>
    /// Adds claims to the token of this request. The added claims take precedence over claims that <see cref="RewtSigningOptions.ForwardClaims"/>
    /// copies.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="claims">The names and values of the claims. The names <c>iss</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>, <c>jti</c>,
    /// <c>client_id</c>, <c>htm</c>, <c>htt</c>, <c>htb</c>, <c>mbh</c> and <c>otu</c> are reserved.</param>
    /// <returns>The request, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The name of a claim is reserved, or the value of the claim <c>sub</c> is invalid: <c>sub</c> must be a
    /// string of 1 to 1,024 characters without control characters.</exception>
    public static HttpRequestMessage SetRewtClaims(this HttpRequestMessage request, IReadOnlyDictionary<string, object> claims)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(claims);
        ReservedClaims.Refuse(claims);
        request.Options.Set(RequestOptionKeys.Claims, claims);
        return request;
    }

    /// <summary>
    /// Signs this request with the key of a tenant (<see cref="RewtOptions.Tenants"/>). The token contains the tenant's name as a claim.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="tenant">The tenant's name: 1 to 128 letters, digits, <c>.</c> <c>_</c> <c>-</c>.</param>
    /// <returns>The request, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    public static HttpRequestMessage SetRewtTenant(this HttpRequestMessage request, string tenant)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(RequestOptionKeys.Tenant, TenantName.Require(tenant));
        return request;
    }

    /// <summary>Binds the token of this request to parts of the request. The call overrides <see cref="RewtSigningOptions.Binding"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="binding">The parts of the request to which the token is bound.</param>
    /// <returns>The request, so that calls can be chained.</returns>
    public static HttpRequestMessage SetRewtBinding(this HttpRequestMessage request, RequestBinding binding)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(RequestOptionKeys.Binding, binding);
        return request;
    }

    /// <summary>
    /// Sets whether receivers accept the token of this request only once. The call overrides <see cref="RewtSigningOptions.OneTime"/>.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="oneTime"><see langword="true"/> if receivers accept the token only once.</param>
    /// <returns>The request, so that calls can be chained.</returns>
    public static HttpRequestMessage SetRewtOneTime(this HttpRequestMessage request, bool oneTime = true)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(RequestOptionKeys.OneTime, oneTime);
        return request;
    }
}
