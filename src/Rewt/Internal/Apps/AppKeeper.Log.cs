using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

internal sealed partial class AppKeeper
{
    [LoggerMessage(EventId = 60, EventName = "AppsAway", Level = LogLevel.Warning,
        Message = "The trusted apps of {Namespace} cannot be read; going on with known API keys up to the stale budget.")]
    private partial void LogAway(string @namespace, Exception exception);

    [LoggerMessage(EventId = 61, EventName = "AppsBack", Level = LogLevel.Information, Message = "The trusted apps of {Namespace} can be read again.")]
    private partial void LogBack(string @namespace);

    [LoggerMessage(EventId = 62, EventName = "AppsNoPush", Level = LogLevel.Warning,
        Message = "The trusted apps of {Namespace} get no pushes; changes are seen by polling. Trying again at the next poll.")]
    private partial void LogNoPush(string @namespace, Exception exception);
}
