using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>The claims of <c>HttpContext.User</c>, read when a call is made and never kept.</summary>
internal sealed class HttpCallerClaims(IHttpContextAccessor accessor) : ICallerClaims
{
    public IEnumerable<KeyValuePair<string, object>> Get(IEnumerable<string> names)
    {
        var user = accessor.HttpContext?.User;
        foreach (var name in names)
        {
            if (user?.FindFirstValue(name) is { } value) yield return KeyValuePair.Create<string, object>(name, value);
        }
    }
}
