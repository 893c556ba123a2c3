using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Reads the output of the Redis command INFO. Client library 3.x refuses INFO where admin commands are not allowed, as on an application's
/// multiplexer; the command then runs in a script (EVAL).
/// </summary>
internal static class ServerInfo
{
    public static async Task<string?> ReadAsync(IServer server, string section)
    {
        try
        {
            return (string?)await server.ExecuteAsync("INFO", section).ConfigureAwait(false);
        }
        catch (RedisCommandException)
        {
            return (string?)await server.ExecuteAsync("EVAL", "return redis.call('INFO', ARGV[1])", "0", section).ConfigureAwait(false);
        }
    }
}
