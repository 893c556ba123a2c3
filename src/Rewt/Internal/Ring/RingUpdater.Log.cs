using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

internal sealed partial class RingUpdater
{
    [LoggerMessage(EventId = 1, EventName = "RingChanged", Message = "Key ring {Ring}: {Plan}.")]
    private partial void LogChanged(LogLevel level, string ring, RingChange plan);

    [LoggerMessage(EventId = 2, EventName = "RingUnusable", Level = LogLevel.Error,
        Message = "Key ring {Ring} holds no usable secret: {Problem}. Nothing is signed or accepted until this is mended.")]
    private partial void LogUnusable(string ring, string problem);

    [LoggerMessage(EventId = 3, EventName = "RingWriteRefused", Level = LogLevel.Warning,
        Message = "Key ring {Ring}: {Action} could not be written; going on with the keys that can be read.")]
    private partial void LogWriteRefused(string ring, RingAction action, Exception exception);

    [LoggerMessage(EventId = 4, EventName = "RingRegressed", Level = LogLevel.Warning,
        Message = "Key ring {Ring} went back from version {Known} to {Seen}; looking again before believing it.")]
    private partial void LogRegressed(string ring, long known, long seen);

    [LoggerMessage(EventId = 5, EventName = "Degraded", Level = LogLevel.Warning,
        Message = "Key ring {Ring} is degraded: this login may run neither scripts nor transactions on it, so only the secret is shared, as Node's rewt does; "
            + "nothing is published ahead, and nothing can be rotated or revoked from here.")]
    private partial void LogDegraded(string ring);
}
