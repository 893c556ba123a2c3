using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Tells when this instance's clock is further off than tokens allow. Keys do not mind, they move by the store's clock; tokens do, for
/// receivers read their times.
/// </summary>
internal sealed partial class ClockWatch(string ring, TimeSpan skew, ILogger logger)
{
    /// <summary>The way to the store and back, which the comparison cannot tell from an offset.</summary>
    private static readonly TimeSpan Travel = TimeSpan.FromSeconds(1);

    /// <summary>The last look found the clock off.</summary>
    public bool IsOff { get; private set; }

    public void Look(KeySnapshot snapshot)
    {
        var isOff = snapshot.ClockOffset.Duration() > skew + Travel;
        if (isOff && !IsOff) LogClockOff(ring, snapshot.ClockOffset, skew);
        IsOff = isOff;
    }

    [LoggerMessage(EventId = 13, EventName = "ClockOff", Level = LogLevel.Warning,
        Message = "The clock of this machine is {Offset} ahead of the Redis server's of the key ring {Ring}, and receivers allow {Skew}: its tokens will be refused.")]
    private partial void LogClockOff(string ring, TimeSpan offset, TimeSpan skew);
}
