using Microsoft.AspNetCore.OpenApi;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add the authentication schemes of Rewt to OpenAPI documents.</summary>
public static class RewtOpenApiExtensions
{
    /// <summary>
    /// Adds each scheme of Rewt to the document as a security scheme (<c>http</c>, <c>bearer</c>; for API keys <c>http</c>, <c>ApiKey</c>), and a
    /// security requirement to each operation whose endpoint requires one of these schemes. An endpoint whose policy names no scheme requires the
    /// default scheme of the application. Where <see cref="RewtDefaults.AuthenticationScheme"/> is required and API keys are enabled, a token or an
    /// API key satisfies the operation.
    /// </summary>
    /// <param name="options">The options of the document.</param>
    /// <returns>The options, so that calls can be chained.</returns>
    public static OpenApiOptions AddRewtSecurity(this OpenApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AddDocumentTransformer<SecuritySchemes>().AddOperationTransformer<SecurityRequirements>();
    }
}
