using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The log messages of <see cref="ApiKeyHandler"/> and <see cref="TokenEndpoint"/>. The messages contain the app and the id of an accepted key, but
/// never the key.
/// </summary>
internal static partial class ApiKeyLog
{
    [LoggerMessage(EventId = 43, EventName = "ApiKeyAccepted", Level = LogLevel.Debug, Message = "API key {KeyId} of the app {App} was accepted.")]
    public static partial void ApiKeyAccepted(this ILogger logger, string keyId, string app);

    [LoggerMessage(EventId = 44, EventName = "ApiKeyRefused", Level = LogLevel.Information, Message = "An API key was refused ({Reason}). {Detail}")]
    public static partial void ApiKeyRefused(this ILogger logger, ApiKeyRefusal reason, string detail);

    [LoggerMessage(EventId = 45, EventName = "AppsUnavailable", Level = LogLevel.Warning, Message = "An API key cannot be verified. {Detail}")]
    public static partial void AppsUnavailable(this ILogger logger, string detail, Exception? exception);

    [LoggerMessage(EventId = 46, EventName = "AppTokenIssued", Level = LogLevel.Debug, Message = "The app {App} exchanged its API key for a token for {Audience}.")]
    public static partial void AppTokenIssued(this ILogger logger, string app, string audience);

    [LoggerMessage(EventId = 47, EventName = "AppTokenRefused", Level = LogLevel.Information, Message = "The token endpoint refused a request: {Error}. {Detail}")]
    public static partial void AppTokenRefused(this ILogger logger, string error, string detail);
}
