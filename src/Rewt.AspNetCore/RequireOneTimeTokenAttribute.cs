using Microsoft.AspNetCore.Authorization;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// Requires a caller with a one-time token, for controllers, their actions, gRPC services and other endpoints. Another token gets 401 with
/// <c>rewt_error="wrong_request"</c>. Callers of schemes other than Rewt's get 403.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public sealed class RequireOneTimeTokenAttribute : AuthorizeAttribute, IAuthorizationRequirementData
{
    private static readonly TokenRequirement OneTime = new(static binding => binding.IsOneTime, RefusalReason.NotOneTime, "The token is a one-time token.");

    /// <summary>Returns the requirement for the authorization middleware.</summary>
    /// <returns>The requirement.</returns>
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [OneTime];
}
