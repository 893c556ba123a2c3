using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>Names the user of the current request in audit records of rotations and revocations.</summary>
internal sealed class HttpAuditActor(IHttpContextAccessor accessor) : IAuditActor
{
    public string? Current => accessor.HttpContext?.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : null;
}
