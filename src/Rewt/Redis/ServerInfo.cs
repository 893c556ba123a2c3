using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Reads the output of the Redis command INFO. StackExchange.Redis 3.x refuses INFO on a multiplexer that does not allow admin commands. A multiplexer of
/// the application usually does not allow admin commands. In this case, INFO is run in a script (EVAL).
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

    /// <summary>Returns the value of a field of the output; <see langword="null"/> if there is no such field.</summary>
    public static string? Field(string info, string name) =>
        Array.Find(info.Split('\n'), line => line.StartsWith($"{name}:", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();
}
