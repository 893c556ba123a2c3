using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that map the endpoint with this service's public keys (JWK Set).</summary>
public static class RewtEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves the public keys of all instances of this service, including the pending ones, as a JWK Set (RFC 7517 §5) for verifiers in any
    /// language. The response may be cached for <see cref="RewtOptions.PropagationDelay"/> minus one <see cref="RewtOptions.RefreshInterval"/>,
    /// so that every verifier knows a key before it signs. With a shared secret the set is empty. Anonymous access is allowed unless the returned
    /// builder requires authorization.
    /// </summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <param name="pattern">The route pattern. Default: <c>/.well-known/jwks.json</c>.</param>
    /// <param name="authenticationScheme">The scheme whose keys are served. Default: <see cref="RewtDefaults.AuthenticationScheme"/>.</param>
    /// <returns>The endpoint, for further conventions.</returns>
    /// <exception cref="InvalidOperationException">The scheme was not added.</exception>
    public static IEndpointConventionBuilder MapRewtJwks(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern = "/.well-known/jwks.json",
        string authenticationScheme = RewtDefaults.AuthenticationScheme) => JwksEndpoint.Map(endpoints, pattern, authenticationScheme);
}
