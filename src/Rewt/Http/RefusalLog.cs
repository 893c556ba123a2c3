using System.Net;
using System.Net.Http.Headers;
using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Logs a warning with advice if the final response to a request is a 401. The warning is logged only if this library attached credentials to the
/// request, or omitted the credentials because the origin of the request is not allowed. A 403, and a 401 for an <c>Authorization</c> header of the
/// application, are logged at the level Debug. For each called service, the same line is logged at most once per minute.
/// </summary>
internal sealed partial class RefusalLog(TimeProvider time, ILogger<RetryHandler> logger)
{
    private const int Capacity = 256;
    private const int LongestReason = 40;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly FastConcurrentLru<(Origin Callee, string Check), LogLimit> _lines = new(Capacity);

    /// <summary>
    /// Logs a warning if the final response to a request refuses the credentials of this library, or refuses a request that this library sent without
    /// credentials.
    /// </summary>
    public void Report(CredentialHistory history, HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)) return;

        // A permission may be missing in normal operation too.
        var level = response.StatusCode == HttpStatusCode.Forbidden ? LogLevel.Debug : LogLevel.Warning;
        var header = response.RequestMessage?.Headers.Authorization;
        var reason = ChallengeReader.Reason(response);
        if (history.SentWith(header) is { } sent)
        {
            var keyId = sent.Token?.KeyId.ToString() ?? ApiKeyFormat.KeyIdOf(ApiKeyFormat.Hash(sent.Header.Parameter!));
            Report(level, sent.Origin, response, reason, sent.Token is null ? "none" : sent.Token.Audience ?? "the namespace", keyId, header is not null ? CheckFor(response.StatusCode, reason, sent.Header)
                : "The answering address got no credentials: .NET follows a redirect without them. Call the final address.");
        }
        else if (header is null && history.IsExempt)
        {
            Report(level, history.Asked, response, reason, "none", "none", "The call was not signed: its origin is not among the AllowedOrigins of ConfigureHttpClientDefaults.");
        }
        else if (header is not null)
        {
            Report(LogLevel.Debug, history.Asked, response, reason, "none", "none", "The call was not signed: the request already had an Authorization header.");
        }
    }

    private void Report(LogLevel level, Origin callee, HttpResponseMessage response, string? reason, string audience, string keyId, string check)
    {
        if (!logger.IsEnabled(level) || _lines.GetOrAdd((callee, check), static _ => new LogLimit(Interval)).Count(time) is not (> 0 and var count)) return;

        // The limit counts the origin that was called: a callee could redirect to another one with each answer.
        var answering = response.RequestMessage?.RequestUri is { IsAbsoluteUri: true } address ? Origin.Of(address) : callee;
        var called = answering == callee ? $"{callee}" : $"{answering}, to which {callee} redirected,";
        var shown = UntrustedText.Escape(reason?.Replace(' ', '_') ?? "none", LongestReason);
        LogRefused(level, called, (int)response.StatusCode, shown, audience, keyId, check, count);
    }

    private static string CheckFor(HttpStatusCode status, string? reason, AuthenticationHeaderValue sent) => reason switch
    {
        _ when status == HttpStatusCode.Forbidden => "If the receiver answered, the credentials are valid, but the caller has no permission. Check the event CallerRefused in the receiver's log.",
        _ when sent.Scheme == "ApiKey" => "Check that the API key is neither revoked nor expired (rewt apps list), and that the receiver calls AddRewtApiKeys.",
        "stale_key" => "Check that both services have the same Redis, Rewt:Namespace and Rewt:KeyMode. With Rewt:SigningKey, check Rewt:VerificationKeys of the receiver.",
        "bad_audience" => "Check that the audience is the Rewt:ServiceName of the receiver.",
        "expired" or "not_yet_valid" => "Check the clocks of both machines.",
        "wrong_request" => "Check whether the receiver requires a binding that the client does not set, and whether a proxy changes the path or the body.",
        "replayed" => "Check whether a proxy or other code repeats requests.",
        null => "Check that the receiver calls AddRewtAuthentication, that the policy of the endpoint names the scheme Rewt if it is not the default scheme, and that neither a proxy nor code of the receiver refuses the call.",
        _ => "Check the event TokenRefused in the receiver's log, and its Rewt:TrustedIssuers.",
    };

    [LoggerMessage(EventId = 32, EventName = "CallRefused",
        Message = "{Callee} refused a call with {Status} (rewt_error {Reason}, audience {Audience}, key {KeyId}). {Check} Calls since the last such event: {Count}.")]
    private partial void LogRefused(LogLevel level, string callee, int status, string reason, string audience, string keyId, string check, int count);
}
