using StackExchange.Redis;

namespace Rewt.Load;

/// <summary>
/// Counts which records of used one-time tokens a failover loses: each is written as a receiver writes it, the primary is killed after a delay, and the
/// replica becomes the primary.
/// </summary>
internal static class Failover
{
    public static async Task RunAsync(int rounds, TextWriter output)
    {
        foreach (var delay in new[] { 0, 1, 5, 20, 100 })
        {
            var lost = 0;
            for (var round = 0; round < rounds; round++) lost += await IsLostAsync(TimeSpan.FromMilliseconds(delay)) ? 1 : 0;
            output.WriteLine($"the primary is killed {delay} ms after it confirmed the use of a token: {lost} of {rounds} uses are unknown to the promoted replica");
        }
    }

    private static async Task<bool> IsLostAsync(TimeSpan delay)
    {
        await using var replica = await OwnRedis.StartAsync();
        await using var primary = await OwnRedis.StartAsync();
        await replica.FollowAsync(primary);
        using var client = await ConnectionMultiplexer.ConnectAsync(primary.Address);
        RedisKey used = "{rewt:rewt-secret}:used:inventory:1";
        await client.GetDatabase().ExecuteAsync("SET", used, "1", "PX", "120000", "NX");

        await Task.Delay(delay);
        primary.Kill();

        await replica.FollowAsync(null);
        using var survivor = await ConnectionMultiplexer.ConnectAsync(replica.Address);
        return !await survivor.GetDatabase().KeyExistsAsync(used);
    }
}
