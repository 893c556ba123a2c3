using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;

namespace Rewt.Tests.Infrastructure;

/// <summary>Endpoint metadata that requires an authenticated user without a policy, as an attribute of an application can.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SignedInAttribute : Attribute, IAuthorizationRequirementData
{
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new DenyAnonymousAuthorizationRequirement()];
}
