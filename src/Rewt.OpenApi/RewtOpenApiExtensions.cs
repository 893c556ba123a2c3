using Microsoft.AspNetCore.OpenApi;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add the authentication schemes of Rewt to OpenAPI documents.</summary>
public static class RewtOpenApiExtensions
{
    /// <summary>
    /// Adds each scheme of Rewt to the document as a security scheme of the type <c>http</c>: <c>bearer</c> for tokens, <c>ApiKey</c> for API keys.
    /// The method also adds a security requirement to each operation whose endpoint requires a scheme of Rewt. An endpoint whose policy names no
    /// scheme requires the default scheme of the application. If API keys are enabled, an operation that requires
    /// <see cref="RewtDefaults.AuthenticationScheme"/> accepts a token or an API key.
    /// </summary>
    /// <param name="options">The options of the OpenAPI document.</param>
    /// <returns>The options, so that calls can be chained.</returns>
    public static OpenApiOptions AddRewtSecurity(this OpenApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AddDocumentTransformer<SecuritySchemes>().AddOperationTransformer<SecurityRequirements>();
    }
}
