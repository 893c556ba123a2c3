using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Writes the response 503 with <c>Retry-After</c> to a request that cannot be authenticated, because the keys or the trusted apps are unavailable.
/// </summary>
internal static class OutageAnswer
{
    public static void Write(HttpResponse response, TimeSpan retryAfter) =>
        LastingStatus.Set(response, StatusCodes.Status503ServiceUnavailable, Seconds(retryAfter));

    /// <summary>Returns the value of the header <c>Retry-After</c> (RFC 9110 §10.2.3): whole seconds, rounded up, at least one.</summary>
    public static string Seconds(TimeSpan retryAfter) => Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
