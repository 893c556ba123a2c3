using System.Net;
using Microsoft.AspNetCore.Authorization;

namespace Rewt.Samples.Inventory;

/// <summary>Tells the requests of this machine's own user from others, where nobody logs in.</summary>
internal static class ThisMachine
{
    private static readonly string[] Names = ["127.0.0.1", "localhost", "[::1]"];

    /// <summary>
    /// Whether the request comes from this machine and names it: a page of another site whose name was made to point here (DNS rebinding) has that name in its requests.
    /// </summary>
    public static bool IsAsking(AuthorizationHandlerContext context) => context.Resource is HttpContext { Connection.RemoteIpAddress: { } address } http
        && IPAddress.IsLoopback(address)
        && Names.Contains(http.Request.Host.Host, StringComparer.OrdinalIgnoreCase);
}
