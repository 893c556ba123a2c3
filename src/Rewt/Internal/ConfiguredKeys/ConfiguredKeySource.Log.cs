using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

internal sealed partial class ConfiguredKeySource
{
    [LoggerMessage(EventId = 80, EventName = "KeyPlaceAway", Level = LogLevel.Warning,
        Message = "Public keys cannot be read from {Place}. The known keys stay in use until the stale budget ends.")]
    private partial void LogAway(string place, Exception exception);

    [LoggerMessage(EventId = 81, EventName = "KeyPlaceBack", Level = LogLevel.Information, Message = "Public keys can be read from {Place} again.")]
    private partial void LogBack(string place);

    [LoggerMessage(EventId = 82, EventName = "PublicKeyRefused", Level = LogLevel.Warning, Message = "Public keys from {Place} are not used: {Refused}.")]
    private partial void LogRefused(string place, string refused);
}
