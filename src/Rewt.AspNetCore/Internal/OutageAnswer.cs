using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// Writes the response 503 with <c>Retry-After</c> to a request that cannot be authenticated, because the keys or the trusted apps are unavailable.
/// </summary>
internal static class OutageAnswer
{
    public static void Write(HttpResponse response, TimeSpan retryAfter)
    {
        Answer();
        // The challenge of another scheme in the same policy runs later and would turn the response into a 401 or a redirect.
        response.OnStarting(() =>
        {
            Answer();
            return Task.CompletedTask;
        });

        void Answer()
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            response.Headers.Remove(HeaderNames.WWWAuthenticate);
            response.Headers.Remove(HeaderNames.Location);
            response.Headers.RetryAfter = Seconds(retryAfter);
        }
    }

    /// <summary>Returns the value of the header <c>Retry-After</c> (RFC 9110 §10.2.3): whole seconds, rounded up, at least one.</summary>
    public static string Seconds(TimeSpan retryAfter) => Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
