namespace Rewt.Tests.Sealing;

/// <summary>Provides sealing keys, and reads the data that a fleet with these keys has stored.</summary>
internal static class SealedFleet
{
    public const string SecretName = "rewt:rewt-secret";
    public const string RingName = "{rewt:rewt-secret}:ring";

    public static readonly string A = NewKey();
    public static readonly string B = NewKey();

    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static Action<RewtOptions> With(params string[] keys) => options => options.Sealing.Keys = keys;

    /// <summary>Returns all stored secrets: from the key of the secret, and from the fields of the ring without the times of retired secrets.</summary>
    public static async Task<IReadOnlyList<string>> StoredAsync(this RedisServer redis)
    {
        var fields = (await redis.CliAsync("HGETALL", RingName)).Split('\n').Chunk(2).Where(pair => pair[0] is "current" or "next" || pair[0].StartsWith("retired:", StringComparison.Ordinal));
        return [(await redis.GetAsync(SecretName))!, .. fields.Select(pair => pair[0].StartsWith("retired:", StringComparison.Ordinal) ? pair[1].Split(':', 2)[1] : pair[1])];
    }

    public static bool IsSealed(string stored) => stored.StartsWith("rewt-sealed:", StringComparison.Ordinal);

    /// <summary>Returns the serialized value of each Redis key, except the list of instances.</summary>
    public static async Task<IReadOnlyList<string>> DumpAsync(this RedisServer redis)
    {
        var all = new List<string>();
        await using var client = await redis.ConnectAsync();
        foreach (var key in (await redis.CliAsync("KEYS", "*")).Split('\n').Order(StringComparer.Ordinal).Where(key => !key.EndsWith(":instances", StringComparison.Ordinal)))
        {
            all.Add($"{key} {Convert.ToHexString((byte[])(await client.BytesAsync("DUMP", key))!)}");
        }

        return all;
    }
}
