namespace Rewt.Tests.Faults;

/// <summary>A server that loses everything. Alone, for what is promised within two seconds is no measure of what else a busy machine builds meanwhile.</summary>
[Collection(WholeProcess.Name)]
public sealed class LossTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_flushed_redis_costs_no_call()
    {
        await using var redis = await RedisServer.StartAsync();
        await CostsNoCallAsync(redis, _ => redis.FlushAllAsync());
    }

    [Theory]
    [InlineData("DEL")]
    [InlineData("SET")]
    public async Task A_secret_that_is_dropped_by_hand_costs_no_call(string command)
    {
        await using var redis = await RedisServer.StartAsync();
        await CostsNoCallAsync(redis, _ => command == "DEL"
            ? redis.DelAsync("rewt:rewt-secret")
            : redis.SetAsync("rewt:rewt-secret", Secret.Generate().CopyBytes()));
    }

    [Fact]
    public Task A_redis_that_is_killed_and_comes_back_empty_costs_no_call() => KillAsync(TimeSpan.FromMilliseconds(900));

    [Fact]
    [Trait("Category", "Long")]
    public Task A_redis_that_was_gone_for_twelve_seconds_costs_no_call() => KillAsync(TimeSpan.FromSeconds(12));

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_redis_that_comes_back_empty_again_and_again_costs_no_call()
    {
        for (var round = 0; round < 7; round++) await KillAsync(TimeSpan.FromMilliseconds(400 + (800 * round)));
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-lru")]
    [InlineData("volatile-ttl")]
    [InlineData("allkeys-random")]
    public async Task An_evicted_secret_costs_no_call(string policy)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--maxmemory-policy", policy, "--maxmemory-samples", "64");
        await CostsNoCallAsync(redis, async _ =>
        {
            await using var client = await redis.ConnectAsync();

            // With a limit below what it holds, the server gives up what its policy lets it, which is ours.
            await client.CommandAsync("CONFIG", "SET", "maxmemory", "1");
            await Should.ThrowAsync<RespException>(async () =>
            {
                for (var write = 0; write < 3; write++) await client.CommandAsync("SET", "filler", "x");
            });
            await client.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        });
    }

    [Fact]
    public async Task No_instance_writes_back_a_secret_that_it_remembers()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instances = await InstanceGroup.StartWarmAsync(4, redis.ConnectionString);
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 5; round++)
        {
            var lost = new[]
            {
                (await redis.GetAsync("rewt:rewt-secret"))!,
                await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "next"),
            };
            foreach (var secret in lost) secrets.Add(secret);
            var token = await instances[round % 4].SignAsync();
            if (round % 2 == 0) await redis.FlushAllAsync();
            else await redis.DelAsync("rewt:rewt-secret");

            await Eventually.TrueAsync(
                async () => (await Task.WhenAll(instances.Select(instance => instance.VerifyAsync(token)))).All(refusal => refusal == RewtRefusal.StaleKey),
                "the lost key is dead everywhere");
            var after = (await redis.GetAsync("rewt:rewt-secret"))! + await redis.CliAsync("HGETALL", "{rewt:rewt-secret}:ring");
            foreach (var secret in secrets) after.ShouldNotContain(secret);
        }
    }

    private async Task KillAsync(TimeSpan gone)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await CostsNoCallAsync(redis, async fleet =>
        {
            var before = await fleet.CurrentKeysAsync();
            await redis.KillAsync();
            var killed = TimeProvider.System.GetTimestamp();
            await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(killed) > gone, "time passes");
            (await fleet.CurrentKeysAsync()).ShouldBe(before);
            await redis.RestartAsync();
        });
    }

    private async Task CostsNoCallAsync(RedisServer redis, Func<Fleet, Task> lose)
    {
        await using var fleet = await Fleet.StartAsync(
            redis.ConnectionString, callers: 2, callees: 2, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        var before = await fleet.CurrentKeysAsync();
        await fleet.CostsNoCallAsync(output, async () =>
        {
            await lose(fleet);
            await ConvergedAsync(fleet, redis, before);
        });
    }

    /// <summary>One new secret for all, in Redis and in every instance.</summary>
    private static Task ConvergedAsync(Fleet fleet, RedisServer redis, IReadOnlyList<string?> before) => Eventually.TrueAsync(
        async () =>
        {
            var keys = (await fleet.CurrentKeysAsync()).Distinct().ToArray();
            return keys.Length == 1 && keys[0] != before[0] && await redis.GetAsync("rewt:rewt-secret") is { } secret
                && KeyId.Of(Encoding.UTF8.GetBytes(secret)) == keys[0];
        },
        "all have one new key");
}
