using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// A request feature that states what the accepted token is bound to: parts of the request, or a single use. <see cref="RewtHandler"/> sets the
/// feature if the token is bound or is a one-time token. <see cref="TokenRequirement"/> reads the feature.
/// </summary>
/// <param name="Binding">The parts of the request that the token is bound to, and whether it is a one-time token.</param>
/// <param name="AuthenticationType">The authentication type of the identity in the token, which is the name of the authentication scheme.</param>
internal sealed record TokenBindingFeature(TokenBinding Binding, string? AuthenticationType)
{
    /// <summary>
    /// Returns whether the user of the request is still the caller that sent the bound token, and the request still has the method that was checked.
    /// Another scheme may have replaced the user, or middleware may have changed the method.
    /// </summary>
    public bool IsIn(HttpContext context) =>
        (Binding.Method is null || Binding.Method == context.Request.Method)
        && context.User.Identities.Any(identity => identity.IsAuthenticated && identity.AuthenticationType == AuthenticationType);
}
