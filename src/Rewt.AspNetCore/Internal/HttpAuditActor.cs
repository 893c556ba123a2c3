using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>Returns the name of the current request's user, whom the audit log names as the author of rotations and revocations.</summary>
internal sealed class HttpAuditActor(IHttpContextAccessor accessor) : IAuditActor
{
    public string? Current => accessor.HttpContext?.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : null;
}
