using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Maps the endpoints that Rewt offers.</summary>
public static class RewtEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves the public keys of this service, all its instances' and the one that signs next, as a JWK Set (RFC 7517 §5) for verifiers in any language. The
    /// answer may be cached for <see cref="RewtOptions.PropagationDelay"/> less one <see cref="RewtOptions.RefreshInterval"/>, so that a key is known everywhere
    /// before it signs. With a shared secret there is no public key, and the set is empty. Open to all unless the returned builder says otherwise.
    /// </summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="pattern">Where. Default <c>/.well-known/jwks.json</c>.</param>
    /// <param name="authenticationScheme">Whose keys: the scheme's. Default <see cref="RewtDefaults.AuthenticationScheme"/>.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="InvalidOperationException">The scheme was not added.</exception>
    public static IEndpointConventionBuilder MapRewtJwks(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern = "/.well-known/jwks.json",
        string authenticationScheme = RewtDefaults.AuthenticationScheme) => JwksEndpoint.Map(endpoints, pattern, authenticationScheme);
}
