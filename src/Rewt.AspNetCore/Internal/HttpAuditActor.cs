using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>The user of the request in which a key is rotated or revoked.</summary>
internal sealed class HttpAuditActor(IHttpContextAccessor accessor) : IAuditActor
{
    public string? Current => accessor.HttpContext?.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : null;
}
