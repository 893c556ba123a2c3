using System.Net;
using Microsoft.AspNetCore.Authorization;

namespace Rewt.Samples.Inventory;

/// <summary>Recognizes requests from the local machine, because the demo has no login.</summary>
internal static class ThisMachine
{
    private static readonly string[] Names = ["127.0.0.1", "localhost", "[::1]"];
    private static readonly string[] ProxyHeaders = ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"];

    /// <summary>
    /// Returns whether the request comes from this machine and names it in the Host header. The name check blocks DNS rebinding, where another
    /// site's name resolves to this machine. Requests that a local proxy forwards are rejected by the proxy's headers. A proxy that adds none of
    /// these headers and sends a local name would be accepted.
    /// </summary>
    public static bool IsAsking(AuthorizationHandlerContext context) => context.Resource is HttpContext { Connection.RemoteIpAddress: { } address } http
        && IPAddress.IsLoopback(address)
        && Names.Contains(http.Request.Host.Host, StringComparer.OrdinalIgnoreCase)
        && !ProxyHeaders.Any(http.Request.Headers.ContainsKey);
}
