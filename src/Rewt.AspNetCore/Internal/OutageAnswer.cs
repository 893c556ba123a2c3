using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>503 with <c>Retry-After</c>: what decides cannot be had.</summary>
internal static class OutageAnswer
{
    public static void Write(HttpResponse response, TimeSpan retryAfter)
    {
        Answer();
        // The challenge of another scheme in the same policy comes after ours and would make it a 401 or a redirect.
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

    /// <summary>Whole seconds, at least one (RFC 9110 §10.2.3).</summary>
    public static string Seconds(TimeSpan retryAfter) => Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
