using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>The log messages of the JWK Set endpoint.</summary>
internal static partial class JwksLog
{
    [LoggerMessage(EventId = 85, EventName = "JwksUnavailable", Level = LogLevel.Warning, Message = "The JWKS endpoint answered 503. {Detail}")]
    public static partial void KeysUnavailableForJwks(this ILogger logger, string detail, Exception? exception);

    [LoggerMessage(EventId = 86, EventName = "JwksEmpty", Level = LogLevel.Warning,
        Message = "The key set that MapRewtJwks serves is empty: this service signs with a shared secret or does not sign. Set {Section}:KeyMode to KeyPair, or {Section}:SigningKey:File.")]
    public static partial void NothingToServe(this ILogger logger, string section);
}
