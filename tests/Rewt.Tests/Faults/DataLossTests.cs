namespace Rewt.Tests.Faults;

/// <summary>Tests a server that loses its data. The tests run without other tests in parallel, because a two-second limit cannot be tested on a busy machine.</summary>
[Collection(WholeProcess.Name)]
public sealed class DataLossTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Flushing_Redis_under_load_fails_no_call()
    {
        await using var redis = await RedisServer.StartAsync();
        await AssertNoCallFailsAsync(redis, _ => redis.FlushAllAsync());
    }

    [Theory]
    [InlineData("DEL")]
    [InlineData("SET")]
    public async Task Deleting_or_overwriting_the_secret_under_load_fails_no_call(string command)
    {
        await using var redis = await RedisServer.StartAsync();
        await AssertNoCallFailsAsync(redis, _ => command == "DEL"
            ? redis.DelAsync("rewt:rewt-secret")
            : redis.SetAsync("rewt:rewt-secret", Secret.Generate().CopyBytes()));
    }

    [Fact]
    public Task A_Redis_server_that_restarts_empty_fails_no_call() => RestartEmptyAsync(TimeSpan.FromMilliseconds(900));

    [Fact]
    [Trait("Category", "Long")]
    public Task A_Redis_server_that_restarts_empty_after_twelve_seconds_fails_no_call() => RestartEmptyAsync(TimeSpan.FromSeconds(12));

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_Redis_server_that_restarts_empty_after_various_downtimes_fails_no_call()
    {
        for (var round = 0; round < 7; round++) await RestartEmptyAsync(TimeSpan.FromMilliseconds(400 + (800 * round)));
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-lru")]
    [InlineData("volatile-ttl")]
    [InlineData("allkeys-random")]
    public async Task Evicting_the_secret_under_load_fails_no_call(string policy)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--maxmemory-policy", policy, "--maxmemory-samples", "64");
        await AssertNoCallFailsAsync(redis, async _ =>
        {
            await using var client = await redis.ConnectAsync();

            // With a limit below the used memory, the server evicts the keys that its policy allows, including the secret.
            await client.CommandAsync("CONFIG", "SET", "maxmemory", "1");
            await Should.ThrowAsync<RespException>(async () =>
            {
                for (var write = 0; write < 3; write++) await client.CommandAsync("SET", "filler", "x");
            });
            await client.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        });
    }

    [Fact]
    public async Task No_instance_writes_a_lost_secret_back_to_Redis()
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
                "all instances refuse the lost key");
            var after = (await redis.GetAsync("rewt:rewt-secret"))! + await redis.CliAsync("HGETALL", "{rewt:rewt-secret}:ring");
            foreach (var secret in secrets) after.ShouldNotContain(secret);
        }
    }

    private async Task RestartEmptyAsync(TimeSpan downtime)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await AssertNoCallFailsAsync(redis, async fleet =>
        {
            var before = await fleet.CurrentKeysAsync();
            await redis.KillAsync();
            var stopped = TimeProvider.System.GetTimestamp();
            await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(stopped) > downtime, "the downtime ends");
            (await fleet.CurrentKeysAsync()).ShouldBe(before);
            await redis.RestartAsync();
        });
    }

    private async Task AssertNoCallFailsAsync(RedisServer redis, Func<Fleet, Task> loseData)
    {
        await using var fleet = await Fleet.StartAsync(
            redis.ConnectionString, callers: 2, callees: 2, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        var before = await fleet.CurrentKeysAsync();
        await fleet.AssertNoCallFailsAsync(output, async () =>
        {
            await loseData(fleet);
            await WaitForNewSecretAsync(fleet, redis, before);
        });
    }

    /// <summary>Waits until Redis and all instances have the same new secret.</summary>
    private static Task WaitForNewSecretAsync(Fleet fleet, RedisServer redis, IReadOnlyList<string?> before) => Eventually.TrueAsync(
        async () =>
        {
            var keys = (await fleet.CurrentKeysAsync()).Distinct().ToArray();
            return keys.Length == 1 && keys[0] != before[0] && await redis.GetAsync("rewt:rewt-secret") is { } secret
                && KeyId.Of(Encoding.UTF8.GetBytes(secret)).ToString() == keys[0];
        },
        "all instances have one new key");
}
