using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

internal sealed partial class RetryHandler
{
    [LoggerMessage(EventId = 30, EventName = "Retrying", Level = LogLevel.Debug, Message = "The callee refused the key of a request; sending it again, signed anew.")]
    private partial void LogRetry();

    [LoggerMessage(EventId = 31, EventName = "NoKeyToRetry", Level = LogLevel.Warning, Message = "The callee refused the key of a request and no fresh one can be had; its 401 stands.")]
    private partial void LogNoKey(Exception exception);
}
