using Microsoft.AspNetCore.Authorization;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// Authorizes only callers with a one-time token. The attribute can be set on controllers, their actions, gRPC services and other endpoints. A request
/// whose token is not a one-time token is answered with status 401 and <c>rewt_error="wrong_request"</c>. A caller authenticated by a scheme other
/// than Rewt's gets status 403. If Redis is unavailable, the status is 503.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public sealed class RequireOneTimeTokenAttribute : AuthorizeAttribute
{
    /// <summary>Initializes the attribute.</summary>
    public RequireOneTimeTokenAttribute()
        : base(TokenRequirement.OneTime)
    {
    }

    /// <summary>The name of the authorization policy that contains the requirement.</summary>
    public new string Policy => base.Policy!;
}
