using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Maps the endpoints that Rewt offers.</summary>
public static class RewtEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the OAuth 2.0 token endpoint for trusted apps: client credentials (RFC 6749 §4.4), where the client id is the app's id and the client secret its
    /// API key, by Basic authentication or in the form. Needs <c>AddRewtApiKeys</c>. <c>audience</c> (or <c>resource</c>, RFC 8707) names one of the app's audiences,
    /// <c>scope</c> some of its scopes. The token is good for <see cref="RewtOptions.TokenLifetime"/>.
    /// </summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="pattern">Where. Default <c>/token</c>.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="InvalidOperationException"><c>AddRewtApiKeys</c> was not called.</exception>
    public static IEndpointConventionBuilder MapRewtTokenEndpoint(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/token")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var endpoint = endpoints.ServiceProvider.GetService<TokenEndpoint>()
            ?? throw new InvalidOperationException("MapRewtTokenEndpoint trades API keys for tokens: call AddRewtAuthentication().AddRewtApiKeys() first.");
        return endpoints.MapPost(pattern, (RequestDelegate)endpoint.HandleAsync).AllowAnonymous().DisableAntiforgery().WithDisplayName("Rewt token endpoint");
    }

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
