using Microsoft.AspNetCore.Authorization;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// Requires a caller with a token that is bound to the method, path and query of the request, for controllers, their actions, gRPC services and other
/// endpoints. A token that is not gets 401 with <c>rewt_error="wrong_request"</c>. Callers of schemes other than Rewt's get 403.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public sealed class RequireBoundTokenAttribute : AuthorizeAttribute, IAuthorizationRequirementData
{
    private static readonly TokenRequirement Target = new(static binding => binding.HasTarget, RefusalReason.NotBound, "The token is bound to method, path and query.");
    private static readonly TokenRequirement TargetAndBody = new(
        static binding => binding.HasTarget && binding.Body is not null, RefusalReason.NotBound, "The token is bound to method, path, query and body.");

    /// <summary>Whether the token must be bound to the body, too.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool Body { get; set; }

    /// <summary>Returns the requirement for the authorization middleware.</summary>
    /// <returns>The requirement.</returns>
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [Body ? TargetAndBody : Target];
}
