using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that map the token endpoint and the JWK Set endpoint.</summary>
public static class RewtEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the OAuth 2.0 token endpoint for trusted apps, with the client credentials grant (RFC 6749 §4.4). The client id is the app's id, and
    /// the client secret is its API key, sent by Basic authentication or in the form. <c>audience</c> (or <c>resource</c>, RFC 8707) names one of
    /// the app's audiences, and <c>scope</c> some of its scopes. The token is valid for <see cref="RewtOptions.TokenLifetime"/>. Requires
    /// <c>AddRewtApiKeys</c>.
    /// </summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <param name="pattern">The route pattern. Default: <c>/token</c>.</param>
    /// <returns>The endpoint, for further conventions.</returns>
    /// <exception cref="InvalidOperationException"><c>AddRewtApiKeys</c> was not called.</exception>
    public static IEndpointConventionBuilder MapRewtTokenEndpoint(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/token")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var endpoint = endpoints.ServiceProvider.GetService<TokenEndpoint>()
            ?? throw new InvalidOperationException("MapRewtTokenEndpoint requires API keys. Call AddRewtAuthentication().AddRewtApiKeys() first.");
        return endpoints.MapPost(pattern, (RequestDelegate)endpoint.HandleAsync).AllowAnonymous().DisableAntiforgery().WithDisplayName("Rewt token endpoint");
    }

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
