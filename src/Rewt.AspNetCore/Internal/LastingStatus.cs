using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// Sets the status of a response without a challenge. The status is set again when the response starts, because the challenge of another scheme in the same
/// policy runs later and would turn the response into a 401 or a redirect.
/// </summary>
internal static class LastingStatus
{
    public static void Set(HttpResponse response, int status, string? retryAfter = null)
    {
        Apply();
        response.OnStarting(() =>
        {
            Apply();
            return Task.CompletedTask;
        });

        void Apply()
        {
            response.StatusCode = status;
            response.Headers.Remove(HeaderNames.WWWAuthenticate);
            response.Headers.Remove(HeaderNames.Location);
            if (retryAfter is not null) response.Headers.RetryAfter = retryAfter;
        }
    }
}
