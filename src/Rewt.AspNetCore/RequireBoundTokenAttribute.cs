using Microsoft.AspNetCore.Authorization;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// Authorizes only callers whose token is bound to the method, path and query of the request, for controllers, their actions, gRPC services and other
/// endpoints. A token without this binding gets 401 with <c>rewt_error="wrong_request"</c>. Callers of schemes other than Rewt's get 403.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public sealed class RequireBoundTokenAttribute : AuthorizeAttribute
{
    /// <summary>Requires a binding to method, path and query.</summary>
    public RequireBoundTokenAttribute()
        : base(TokenRequirement.Target)
    {
    }

    /// <summary>Whether the token must be bound to the body, too.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool Body
    {
        get => base.Policy == TokenRequirement.TargetAndBody;
        set => base.Policy = value ? TokenRequirement.TargetAndBody : TokenRequirement.Target;
    }

    /// <summary>The policy that has the requirement.</summary>
    public new string Policy => base.Policy!;
}
