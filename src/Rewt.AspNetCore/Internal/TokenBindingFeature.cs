using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// A request feature that states what the accepted token is bound to: the method, path, query or body of the request, or a single use. <see
/// cref="RewtHandler"/> sets it for such tokens only, and <see cref="TokenRequirement"/> reads it.
/// </summary>
/// <param name="Binding">The binding.</param>
/// <param name="AuthenticationType">The type of the identity that the token proved, which is the name of its scheme.</param>
internal sealed record TokenBindingFeature(TokenBinding Binding, string? AuthenticationType)
{
    /// <summary>
    /// Whether the caller that the endpoint sees is the one with the binding, and the request still has its method. Another scheme may have authenticated
    /// the caller, and middleware after the authentication may have changed the method.
    /// </summary>
    public bool IsIn(HttpContext context) =>
        (Binding.Method is null || Binding.Method == context.Request.Method)
        && context.User.Identities.Any(identity => identity.IsAuthenticated && identity.AuthenticationType == AuthenticationType);
}
