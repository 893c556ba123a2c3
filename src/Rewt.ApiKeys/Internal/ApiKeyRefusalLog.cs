using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Logs the reason why an API key is refused, and the solution. At most one line per second is logged for each reason. A line never contains any part
/// of a key.
/// </summary>
internal sealed class ApiKeyRefusalLog(TimeProvider time)
{
    private readonly RefusalThrottle<ApiKeyRefusal> _throttle = new(time);
    private readonly RefusalThrottle<Type> _outages = new(time);

    /// <summary>Limits the log of callers that are refused although their API keys are valid.</summary>
    public RefusalThrottle<string> Callers { get; } = new(time);

    public void Log(ILogger logger, ApiKeyRefusal reason, ApiKeyVerdict verdict, string service)
    {
        if (!logger.IsEnabled(LogLevel.Information) || !_throttle.IsDue(reason, out var others)) return;
        logger.ApiKeyRefused(reason, Sentence(reason, verdict, service) + others);
    }

    /// <summary>Logs that an API key cannot be checked, because the trusted apps cannot be read.</summary>
    public void Unavailable(ILogger logger, RewtKeysUnavailableException exception)
    {
        if (_outages.IsDue(exception.GetType(), out var others)) logger.AppsUnavailable($"{exception.Message}{others}", StoreFailure.Unexplained(exception));
    }

    /// <summary>
    /// Returns a sentence with the reason and the solution. The app and the key id in the sentence come from the store, not from the request.
    /// </summary>
    public static string Sentence(ApiKeyRefusal reason, ApiKeyVerdict verdict, string service) => reason switch
    {
        ApiKeyRefusal.SeveralKeys => "The header is empty, or the request has several keys. Send one key in one header.",
        ApiKeyRefusal.Malformed => "It does not have the form of an API key, so it is cut, mistyped or another secret. Copy the whole key again, or create a new one.",
        ApiKeyRefusal.Unknown => "No app has this key. Check that the key was created in the Redis and Rewt:Namespace of this service ('rewt apps list').",
        ApiKeyRefusal.Revoked => $"Key {verdict.KeyId} of {App(verdict)} was revoked. Create a new key for the app.",
        ApiKeyRefusal.Expired => $"Key {verdict.KeyId} of {App(verdict)} has expired. Create a new key for the app.",
        ApiKeyRefusal.OtherApp => $"The key belongs to {App(verdict)}, not to the client_id of the request. Send both of one app.",
        ApiKeyRefusal.OtherService => $"The key is valid, but {App(verdict)} may not call '{service}'. Add the service to the app's Audiences.",
        ApiKeyRefusal.OtherCaller => $"The token in the request does not belong to {App(verdict)}. Send the key alone, or a token of this app.",
        _ => "The request has other credentials too, which no scheme of this service verifies. Send the key alone.",
    };

    private static string App(ApiKeyVerdict verdict) => verdict.App is { } app ? $"the app {app.Id}" : "a deleted app";
}
