using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>Provides the claims of <c>HttpContext.User</c>. They are read for each call and never stored.</summary>
internal sealed class HttpCallerClaims(IHttpContextAccessor accessor) : ICallerClaims
{
    public bool HasCaller => accessor.HttpContext is not null;

    public IEnumerable<KeyValuePair<string, object>> Get(IEnumerable<string> names)
    {
        var user = accessor.HttpContext?.User;
        foreach (var name in names)
        {
            if (user?.FindFirstValue(name) is { } value) yield return KeyValuePair.Create<string, object>(name, value);
        }
    }
}
