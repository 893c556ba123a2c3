using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Tests the commands that instances send in steady state, and the secrecy of their logs.</summary>
public sealed class SteadyStateTests(ITestOutputHelper output)
{
    private const string UnknownKeyId = "AAAAAAAAAAAAAAAAAAAAAA";

    [Fact]
    public async Task Signing_and_verifying_in_steady_state_send_no_Redis_commands()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, WithoutPolls);
        await WaitForStartupAsync(redis, instance);
        await redis.CommandAsync("CONFIG", "RESETSTAT");

        for (var call = 0; call < 2000; call++) (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);

        var counts = await redis.CommandCountsAsync();
        // These commands come from the client library and from reading the counts.
        counts.Keys.Except(["config|resetstat", "ping", "info", "subscribe"], StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refresh_in_steady_state_sends_six_commands_besides_SELECT()
    {
        const int Refreshes = 20;
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await WaitForStartupAsync(redis, instance);
        await redis.CommandAsync("CONFIG", "RESETSTAT");

        for (var refresh = 0; refresh < Refreshes; refresh++) await instance.Provider.ReadNowAsync(Cancellation);

        var counts = await redis.CommandCountsAsync();
        // On a slow machine, a poll may run in the meantime.
        var refreshes = counts.GetValueOrDefault("exec");
        refreshes.ShouldBeGreaterThanOrEqualTo(Refreshes);
        // Commands that run less than once per refresh belong to the heartbeats of the client library and the instance.
        var commands = counts.Where(pair => pair.Key is not "select" && pair.Value >= Refreshes).Sum(pair => pair.Value);
        output.WriteLine(string.Join(' ', counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}"))));
        commands.ShouldBe(6 * refreshes);
        // The client library sends a SELECT after each EXEC, so a refresh is seven commands. 2.x sends another after TIME, for which it has no method.
        var selects = typeof(ConnectionMultiplexer).Assembly.GetName().Version!.Major > 2 ? 1 : 2;
        counts.GetValueOrDefault("select").ShouldBeLessThanOrEqualTo(selects * refreshes);
    }

    [Fact]
    public async Task A_refresh_reads_a_revocation_when_the_key_ring_is_otherwise_unchanged()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var revoker = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropPushMessages();
        await using var verifier = await Instance.StartWarmAsync(proxy.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await verifier.ReadAsync();

        await revoker.Ring.RevokeAsync(UnknownKeyId, Cancellation);
        await verifier.ReadAsync();

        verifier.Provider.Known.ShouldNotBeNull().Revoked.Keys.ShouldContain(KeyId.Parse(UnknownKeyId));
    }

    [Fact]
    public async Task A_token_with_a_new_key_is_accepted_on_the_first_call()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropPushMessages();
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var verifier = await Instance.StartWarmAsync(proxy.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await redis.FlushAllAsync();
        await signer.Ring.RotateAsync(Cancellation);

        (await verifier.VerifyAsync(await signer.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task Logs_and_exceptions_contain_no_secrets_or_tokens()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "the-password");
        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("AUTH", "the-password");
        var instance = await Instance.StartWarmAsync(redis.ConnectionString + ",password=the-password");
        var hidden = new HashSet<string>(StringComparer.Ordinal) { "the-password" };
        await CollectSecretsAsync();
        hidden.Add(await instance.SignAsync());
        await instance.Ring.RotateAsync(Cancellation);
        await CollectSecretsAsync();
        await instance.Ring.RevokeAsync(await instance.CurrentAsync(), Cancellation);
        await CollectSecretsAsync();
        await client.CommandAsync("SET", "rewt:rewt-secret", "too short to be a secret");
        hidden.Add("too short to be a secret");
        // The log entry is written while the key ring is read, shortly before the instance uses the result.
        Exception? failure = null;
        await Eventually.TrueAsync(
            async () => (failure = await Record.ExceptionAsync(async () => hidden.Add(await instance.SignAsync()))) is not null, "the instance has rejected the value");
        failure.ShouldBeOfType<RewtKeysUnavailableException>();
        instance.Log.Text.ShouldContain("RingUnusable");
        await redis.KillAsync();
        var refused = await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.Ring.RotateAsync(Cancellation));
        await instance.DisposeAsync();

        hidden.Count.ShouldBeGreaterThan(4);
        foreach (var text in hidden)
        {
            instance.Log.Text.ShouldNotContain(text);
            failure.ToString().ShouldNotContain(text);
            refused.ToString().ShouldNotContain(text);
        }

        async Task CollectSecretsAsync()
        {
            hidden.Add((string)(await client.CommandAsync("GET", "rewt:rewt-secret"))!);
            hidden.Add((string)(await client.CommandAsync("HGET", "{rewt:rewt-secret}:ring", "next"))!);
        }
    }

    /// <summary>Makes polls so rare that only explicit reads occur.</summary>
    private static void WithoutPolls(RewtOptions options) => options.RefreshInterval = TimeSpan.FromHours(1);

    /// <summary>Waits until the startup has ended with the announcement of the instance and the read after the subscription.</summary>
    private static async Task WaitForStartupAsync(RedisServer redis, Instance instance)
    {
        await redis.WaitUntilQuietAsync("subscribe", "zremrangebyscore");
        await instance.Provider.ReadNowAsync(Cancellation);
    }
}
