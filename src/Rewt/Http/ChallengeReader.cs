using System.Net;

namespace Rewt.Internal;

/// <summary>
/// Reads the reason why a called service refused a token, from the <c>WWW-Authenticate</c> header of a 401 response (RFC 6750 §3). The retry and the
/// log use the reason.
/// </summary>
internal static class ChallengeReader
{
    private const string ReasonParameter = "rewt_error=\"";

    /// <summary>
    /// Returns the <c>rewt_error</c> of a response. The called service can send any text, so the text must be escaped before it is shown.
    /// </summary>
    public static string? Reason(HttpResponseMessage response)
    {
        foreach (var challenge in response.Headers.WwwAuthenticate)
        {
            if (challenge.Parameter is not { } parameters || parameters.IndexOf(ReasonParameter, StringComparison.Ordinal) is not (>= 0 and var start)) continue;

            var reason = parameters.AsSpan(start + ReasonParameter.Length);
            return reason.IndexOf('"') is >= 0 and var end ? reason[..end].ToString() : reason.ToString();
        }

        return null;
    }

    public static Challenge Read(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.Unauthorized) return Challenge.Other;

        var explained = false;
        foreach (var challenge in response.Headers.WwwAuthenticate)
        {
            if (!challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || challenge.Parameter is not { } parameters) continue;
            if (parameters.Contains("rewt_error=\"stale_key\"", StringComparison.Ordinal)) return Challenge.StaleKey;
            explained |= parameters.Contains("error=", StringComparison.Ordinal);
        }

        return explained ? Challenge.Other : Challenge.Unexplained;
    }
}
