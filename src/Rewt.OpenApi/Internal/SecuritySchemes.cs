using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Rewt.Internal;

/// <summary>The OpenAPI transformer that describes the authentication schemes of Rewt in the components of a document.</summary>
internal sealed class SecuritySchemes(IAuthenticationSchemeProvider schemes) : IOpenApiDocumentTransformer
{
    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var scheme in await schemes.GetAllSchemesAsync())
        {
            if (Describe(scheme) is not { } description) continue;
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes.TryAdd(scheme.Name, description);
        }
    }

    /// <summary>Returns whether an authentication scheme is one of Rewt's.</summary>
    public static bool IsOurs(AuthenticationScheme scheme) => scheme.Name == RewtDefaults.ApiKeyScheme || scheme.HandlerType.IsAssignableTo(typeof(RewtHandler));

    private static OpenApiSecurityScheme? Describe(AuthenticationScheme scheme) => !IsOurs(scheme) ? null
        : scheme.Name == RewtDefaults.ApiKeyScheme
            ? new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "ApiKey", Description = "The API key of a trusted app: Authorization: ApiKey <key>." }
            : new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "A short-lived token that the calling service signs." };
}
