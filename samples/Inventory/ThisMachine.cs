using System.Net;
using Microsoft.AspNetCore.Authorization;

namespace Rewt.Samples.Inventory;

/// <summary>Tells the requests of this machine's own user from others, where nobody logs in.</summary>
internal static class ThisMachine
{
    private static readonly string[] Names = ["127.0.0.1", "localhost", "[::1]"];
    private static readonly string[] SignsOfAProxy = ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"];

    /// <summary>
    /// Whether the request comes from this machine and names it: a page of another site whose name was made to point here (DNS rebinding) has that name in its requests.
    /// What a proxy on this machine passes on comes from elsewhere and is refused; one that adds none of the usual headers and sends a name of this machine would be let in.
    /// </summary>
    public static bool IsAsking(AuthorizationHandlerContext context) => context.Resource is HttpContext { Connection.RemoteIpAddress: { } address } http
        && IPAddress.IsLoopback(address)
        && Names.Contains(http.Request.Host.Host, StringComparer.OrdinalIgnoreCase)
        && !SignsOfAProxy.Any(http.Request.Headers.ContainsKey);
}
