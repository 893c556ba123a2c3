using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>Selects the tenant of a scheme's requests by route, host or header. The token must belong to that tenant.</summary>
internal sealed record TenantSelector(string Scheme, Func<HttpContext, string?> Select);
