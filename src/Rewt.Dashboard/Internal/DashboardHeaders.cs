using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>What every answer of the dashboard says to a browser: keep nothing, load nothing from elsewhere, be framed by nobody.</summary>
internal static class DashboardHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>
    /// Whether a page of another origin wants to read the answer: a CORS policy for the whole application would let it. The endpoints cannot opt out by
    /// metadata, which is an error where no CORS is in use.
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
