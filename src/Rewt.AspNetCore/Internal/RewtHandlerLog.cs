using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The log messages of <see cref="RewtHandler"/>, of <see cref="CallerRequirement"/> and of <see cref="RefusedCallerLog"/>. The level is Debug for an
/// accepted token, Information for a rejected token or caller, and Warning for an outage or a mistake in the application. A message never contains a
/// token. Values of a rejected token are shortened and escaped.
/// </summary>
internal static partial class RewtHandlerLog
{
    [LoggerMessage(EventId = 36, EventName = "NotAuthenticated", Level = LogLevel.Warning, Message = "Scheme {Scheme} challenged a request with valid credentials. {Detail}{Others}")]
    public static partial void NotAuthenticated(this ILogger logger, string scheme, string detail, string others);

    [LoggerMessage(EventId = 40, EventName = "TokenAccepted", Level = LogLevel.Debug, Message = "Scheme {Scheme} accepted a token.")]
    public static partial void TokenAccepted(this ILogger logger, string scheme);

    [LoggerMessage(EventId = 41, EventName = "TokenRefused", Level = LogLevel.Information, Message = "Scheme {Scheme} refused a token: {Refusal} ({Reason}). {Detail}")]
    public static partial void TokenRefused(this ILogger logger, string scheme, string refusal, RefusalReason reason, string detail);

    [LoggerMessage(EventId = 48, EventName = "NoRewtToken", Level = LogLevel.Information, Message = "Scheme {Scheme} requires a token of Rewt ({Reason}). {Detail}")]
    public static partial void NoRewtToken(this ILogger logger, string scheme, RefusalReason reason, string detail);

    [LoggerMessage(EventId = 49, EventName = "CallerRefused", Level = LogLevel.Information, Message = "The caller {Caller} of the scheme {Scheme} was refused. {Detail}{Others}")]
    public static partial void CallerRefused(this ILogger logger, string caller, string scheme, string detail, string others);

    [LoggerMessage(EventId = 42, EventName = "KeysUnavailable", Level = LogLevel.Warning, Message = "Scheme {Scheme} cannot verify a token. {Detail}")]
    public static partial void KeysUnavailable(this ILogger logger, string scheme, string detail, Exception? exception);
}
