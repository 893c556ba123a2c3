using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Rewt.Internal;

/// <summary>The OpenAPI transformer that adds the required authentication schemes of Rewt to each operation.</summary>
internal sealed class SecurityRequirements(IAuthenticationSchemeProvider schemes, IAuthorizationPolicyProvider policies, EndpointDataSource endpoints) : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = MetadataOf(context.Description.ActionDescriptor);
        if (metadata.OfType<IAllowAnonymous>().Any()) return;

        var policy = await AuthorizationPolicy.CombineAsync(policies, metadata.OfType<IAuthorizeData>(), metadata.OfType<AuthorizationPolicy>())
            ?? await policies.GetFallbackPolicyAsync();
        // Requirements without a policy, which the authorization middleware adds to the policy.
        var requirements = metadata.OfType<IAuthorizationRequirementData>().SelectMany(data => data.GetRequirements()).ToArray();
        if (requirements.Length > 0)
        {
            var required = new AuthorizationPolicyBuilder().AddRequirements(requirements).Build();
            policy = policy is null ? required : AuthorizationPolicy.Combine(policy, required);
        }

        if (policy is null) return;

        foreach (var scheme in await RequiredAsync(policy))
        {
            operation.Security ??= [];
            operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] });
        }
    }

    /// <summary>
    /// Returns the metadata of the endpoint of an action. MVC adds conventions, such as <c>MapControllers().RequireAuthorization()</c>, to the endpoint
    /// only. The endpoint of a minimal API does not contain the descriptor, but the descriptor contains the metadata of the endpoint.
    /// </summary>
    private IEnumerable<object> MetadataOf(ActionDescriptor action) =>
        endpoints.Endpoints.FirstOrDefault(endpoint => endpoint.Metadata.GetMetadata<ActionDescriptor>() == action)?.Metadata ?? action.EndpointMetadata.AsEnumerable();

    /// <summary>Returns the schemes of Rewt that satisfy the policy. A caller needs to authenticate with only one of them.</summary>
    private async Task<IEnumerable<string>> RequiredAsync(AuthorizationPolicy policy)
    {
        var names = policy.AuthenticationSchemes.Count > 0 ? policy.AuthenticationSchemes
            : await schemes.GetDefaultAuthenticateSchemeAsync() is { } standard ? [standard.Name] : [];
        var ours = (await schemes.GetAllSchemesAsync()).Where(SecuritySchemes.IsOurs).Select(scheme => scheme.Name).ToList();
        // The scheme Rewt forwards requests with an API key to the scheme for API keys.
        return ours.Where(scheme => names.Contains(scheme, StringComparer.Ordinal)
            || (scheme == RewtDefaults.ApiKeyScheme && names.Contains(RewtDefaults.AuthenticationScheme, StringComparer.Ordinal)));
    }
}
