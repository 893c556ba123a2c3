using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>Whose a request of a scheme is, by its route, host or header; the token must be of the same tenant.</summary>
internal sealed record TenantSelector(string Scheme, Func<HttpContext, string?> Select);
