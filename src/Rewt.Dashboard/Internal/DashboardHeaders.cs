using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Adds the security headers to every response of the dashboard (no caching, no external content, no framing), and recognizes requests of other
/// origins.
/// </summary>
internal static class DashboardHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>
    /// Returns whether a page of another origin sent the request, which a CORS policy of the whole application would allow. Endpoint metadata
    /// cannot disable CORS, because such metadata is an error in applications without CORS.
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
