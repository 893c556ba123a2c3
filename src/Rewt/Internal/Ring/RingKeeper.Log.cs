using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

internal sealed partial class RingKeeper
{
    [LoggerMessage(EventId = 10, EventName = "StoreAway", Level = LogLevel.Warning,
        Message = "The key ring {Ring} cannot be read; going on with known keys up to the stale budget.")]
    private partial void LogAway(string ring, Exception exception);

    [LoggerMessage(EventId = 11, EventName = "StoreBack", Level = LogLevel.Information, Message = "The key ring {Ring} can be read again.")]
    private partial void LogBack(string ring);

    [LoggerMessage(EventId = 12, EventName = "NoPush", Level = LogLevel.Warning,
        Message = "The key ring {Ring} gets no pushes; changes are seen by polling. Trying again at the next poll.")]
    private partial void LogNoPush(string ring, Exception exception);
}
