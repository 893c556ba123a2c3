using Rewt.Internal;

namespace Rewt;

/// <summary>
/// Extension methods that set, for one request instead of the whole client, the claims, the tenant and the binding of its token, and whether the
/// token is accepted only once.
/// </summary>
public static class RewtHttpRequestExtensions
{
    /// <summary>Adds claims to the token of this request. These claims take precedence over forwarded claims.</summary>
    /// <param name="request">The request.</param>
    /// <param name="claims">
    /// Names and values. <c>iss</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>, <c>jti</c>, <c>client_id</c>, <c>htm</c>,
    /// <c>htt</c>, <c>htb</c>, <c>mbh</c> and <c>otu</c> are reserved.
    /// </param>
    /// <returns>The request, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">A claim is reserved, or <c>sub</c> is not text of 1 to 1,024 characters without control characters.</exception>
    public static HttpRequestMessage SetRewtClaims(this HttpRequestMessage request, IReadOnlyDictionary<string, object> claims)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(claims);
        ReservedClaims.Refuse(claims);
        request.Options.Set(RequestOptionKeys.Claims, claims);
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
        request.Options.Set(RequestOptionKeys.Tenant, TenantName.Require(tenant));
        return request;
    }

    /// <summary>Binds the token of this request to the given parts of the request, instead of those in <see cref="RewtSigningOptions.Binding"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="binding">The parts.</param>
    /// <returns>The request, so that calls can be chained.</returns>
    public static HttpRequestMessage SetRewtBinding(this HttpRequestMessage request, RequestBinding binding)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(RequestOptionKeys.Binding, binding);
        return request;
    }

    /// <summary>Sets whether the token of this request is accepted only once, instead of <see cref="RewtSigningOptions.OneTime"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="oneTime">Whether the token is accepted only once.</param>
    /// <returns>The request, so that calls can be chained.</returns>
    public static HttpRequestMessage SetRewtOneTime(this HttpRequestMessage request, bool oneTime = true)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(RequestOptionKeys.OneTime, oneTime);
        return request;
    }
}
