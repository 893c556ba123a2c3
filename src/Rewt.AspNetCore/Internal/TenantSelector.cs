using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// A function of the application that returns the tenant of a request, for example from its route or host, and the scheme for which
/// <c>AddRewtTenantSelector</c> added it. Tokens of other tenants are refused.
/// </summary>
internal sealed record TenantSelector(string Scheme, Func<HttpContext, string?> Select);
