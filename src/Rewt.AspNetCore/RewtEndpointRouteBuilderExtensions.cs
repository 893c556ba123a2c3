using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Maps the endpoints that Rewt offers.</summary>
public static class RewtEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the OAuth 2.0 token endpoint for trusted apps: client credentials (RFC 6749 §4.4), where the client id is the app's id and the client secret its
    /// API key, by Basic authentication or in the form. Needs <c>AddRewtApiKeys</c>. <c>audience</c> (or <c>resource</c>, RFC 8707) names one of the app's audiences,
    /// <c>scope</c> some of its scopes. The token is good for <see cref="Rewt.RewtOptions.TokenLifetime"/>.
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
}
