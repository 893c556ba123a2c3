using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// The function that an application passes to <c>AddRewtTenantSelector</c>, and the scheme that the function applies to. The function returns the
/// tenant of a request, for example from the route or the host. A token of another tenant is refused.
/// </summary>
internal sealed record TenantSelector(string Scheme, Func<HttpContext, string?> Select);
