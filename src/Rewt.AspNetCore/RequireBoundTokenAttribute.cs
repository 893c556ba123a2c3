using Microsoft.AspNetCore.Authorization;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// Authorizes only callers whose token is bound to the method, path and query of the request. The attribute can be set on controllers, their actions,
/// gRPC services and other endpoints. A request whose token is not bound is answered with status 401 and <c>rewt_error="wrong_request"</c>. A caller
/// authenticated by a scheme other than Rewt's gets status 403.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public sealed class RequireBoundTokenAttribute : AuthorizeAttribute
{
    /// <summary>Initializes the attribute to require a token that is bound to the method, path and query of the request.</summary>
    public RequireBoundTokenAttribute()
        : base(TokenRequirement.Target)
    {
    }

    /// <summary>Whether the token must also be bound to the body of the request.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool Body
    {
        get => base.Policy == TokenRequirement.TargetAndBody;
        set => base.Policy = value ? TokenRequirement.TargetAndBody : TokenRequirement.Target;
    }

    /// <summary>The name of the authorization policy that contains the requirement.</summary>
    public new string Policy => base.Policy!;
}
