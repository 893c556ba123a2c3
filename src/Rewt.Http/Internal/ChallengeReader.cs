using System.Net;

namespace Rewt.Internal;

/// <summary>Reads the reason of a 401 (RFC 6750 §3).</summary>
internal static class ChallengeReader
{
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
