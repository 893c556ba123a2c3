using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>Selects by route, host or header which tenant a request of a scheme is for. The token must belong to that tenant.</summary>
internal sealed record TenantSelector(string Scheme, Func<HttpContext, string?> Select);
