using Microsoft.AspNetCore.Authorization;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// Authorizes only callers with a one-time token, for controllers, their actions, gRPC services and other endpoints. A token that is not a one-time
/// token gets 401 with <c>rewt_error="wrong_request"</c>. Callers of schemes other than Rewt's get 403. If Redis is unavailable, the response is 503.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public sealed class RequireOneTimeTokenAttribute : AuthorizeAttribute
{
    /// <summary>Requires a one-time token.</summary>
    public RequireOneTimeTokenAttribute()
        : base(TokenRequirement.OneTime)
    {
    }

    /// <summary>The policy that has the requirement.</summary>
    public new string Policy => base.Policy!;
}
