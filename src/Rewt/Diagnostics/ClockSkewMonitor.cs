using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Logs when this instance's clock differs from the store's by more than tokens allow. Keys rotate by the store's clock and are not affected, but
/// receivers check the times in tokens.
/// </summary>
internal sealed partial class ClockSkewMonitor(string ring, TimeSpan skew, ILogger logger)
{
    /// <summary>Allowance for the round trip to the store, which the comparison cannot distinguish from a clock offset.</summary>
    private static readonly TimeSpan Travel = TimeSpan.FromSeconds(1);

    /// <summary>Whether the clock was off at the last check.</summary>
    public bool IsOff { get; private set; }

    public void Check(KeySnapshot snapshot)
    {
        var isOff = snapshot.ClockOffset.Duration() > skew + Travel;
        if (isOff && !IsOff) LogClockOff(ring, snapshot.ClockOffset, skew);
        IsOff = isOff;
    }

    [LoggerMessage(EventId = 13, EventName = "ClockOff", Level = LogLevel.Warning,
        Message = "The clock of this machine is {Offset} ahead of the Redis server of the key ring {Ring}, and receivers allow {Skew}, so its tokens will be refused. Synchronize both clocks with NTP.")]
    private partial void LogClockOff(string ring, TimeSpan offset, TimeSpan skew);
}
