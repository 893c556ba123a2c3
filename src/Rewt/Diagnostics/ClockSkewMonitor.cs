using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Compares this machine's clock with the clock of Redis after each poll of a key ring. If the clocks differ by more than
/// <see cref="RewtOptions.ClockSkew"/>, the class logs a warning, and the health check reports the difference, because tokens may be refused. The
/// rotation of keys uses the clock of Redis and is not affected.
/// </summary>
internal sealed partial class ClockSkewMonitor(string @namespace, TimeSpan skew, ILogger logger)
{
    /// <summary>Whether the clocks differed by more than the permitted skew at the last check.</summary>
    public bool IsOff { get; private set; }

    public void Check(KeySnapshot snapshot)
    {
        var isOff = snapshot.IsClockOff(skew);
        if (isOff && !IsOff) LogClockOff(@namespace, TimeSpan.FromSeconds(Math.Round(snapshot.ClockOffset.TotalSeconds)), skew);
        IsOff = isOff;
    }

    [LoggerMessage(EventId = 13, EventName = "ClockOff", Level = LogLevel.Warning,
        Message = "The clock of this machine differs by {Offset} from that of the Redis server of the key ring {Ring}, and receivers allow {Skew}, so tokens may be refused. Synchronize both clocks with NTP.")]
    private partial void LogClockOff(string ring, TimeSpan offset, TimeSpan skew);
}
