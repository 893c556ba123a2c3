namespace Rewt.Tests.Dashboard;

/// <summary>Reads the secrets of the namespace from Redis.</summary>
internal static partial class Secrets
{
    public static async Task<HashSet<string>> ReadAsync(RedisServer redis)
    {
        var content = $"{await redis.GetAsync("rewt:rewt-secret")}\n{await redis.CliAsync("HGETALL", "{rewt:rewt-secret}:ring")}";
        return Secret().Matches(content).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Matches 32 bytes in base64url; a key id is shorter.</summary>
    [GeneratedRegex("(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Secret();
}
