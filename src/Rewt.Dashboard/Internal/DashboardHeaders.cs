using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Adds security headers to every response of the dashboard, and recognizes requests of other origins. The headers forbid caching, external content
/// and framing.
/// </summary>
internal static class DashboardHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>
    /// Returns whether a page of another origin sent the request. A request of another origin is refused, even if a CORS policy of the application
    /// allows the request. The endpoints do not disable CORS by metadata, because the metadata causes an error in an application without CORS.
    /// </summary>
    public static bool IsForeign(HttpRequest request) =>
        request.Headers["Sec-Fetch-Mode"].ToString() == "cors" && request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";

    public static void Write(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}
