using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that map an endpoint which returns the public keys of this service (JWK Set).</summary>
public static class RewtEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps an endpoint that returns the public keys of all instances of this service, including pending keys, as a JWK Set (RFC 7517 §5). Verifiers
    /// in any programming language can read the JWK Set. The header <c>Cache-Control</c> permits a verifier to cache a response for
    /// <see cref="RewtOptions.PropagationDelay"/> minus one <see cref="RewtOptions.RefreshInterval"/>. This cache time ensures that every verifier has
    /// a new key before the key signs a token. If this service signs with a shared secret, the JWK Set is empty. Anonymous access is allowed, unless
    /// the application explicitly requires authorization for the endpoint.
    /// </summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <param name="pattern">The route pattern. Default: <c>/.well-known/jwks.json</c>.</param>
    /// <param name="authenticationScheme">The name of the scheme whose public keys the endpoint returns. Default:
    /// <see cref="RewtDefaults.AuthenticationScheme"/>.</param>
    /// <returns>The convention builder of the endpoint.</returns>
    /// <exception cref="InvalidOperationException">The application has not added the scheme.</exception>
    public static IEndpointConventionBuilder MapRewtJwks(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern = "/.well-known/jwks.json",
        string authenticationScheme = RewtDefaults.AuthenticationScheme) => JwksEndpoint.Map(endpoints, pattern, authenticationScheme);
}
