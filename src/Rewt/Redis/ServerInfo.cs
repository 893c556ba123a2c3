using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Queries INFO. Client library 3.x treats INFO as an admin command, which an application's multiplexer may not allow; EVAL takes its place then.
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
