using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>What instances do not ask and do not say.</summary>
public sealed class QuietTests(ITestOutputHelper output)
{
    private const string UnknownKeyId = "AAAAAAAAAAAAAAAAAAAAAA";

    [Fact]
    public async Task In_steady_state_signing_and_verifying_send_redis_nothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, WithoutPolls);
        await StartIsOverAsync(redis, instance);
        await redis.CommandAsync("CONFIG", "RESETSTAT");

        for (var call = 0; call < 2000; call++) (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);

        var counts = await redis.CommandCountsAsync();
        // These are of the client library and of the count itself.
        counts.Keys.Except(["config|resetstat", "ping", "info", "subscribe"], StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refresh_in_steady_state_is_six_commands_and_the_SELECTs_of_the_client_library()
    {
        const int Refreshes = 20;
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await StartIsOverAsync(redis, instance);
        await redis.CommandAsync("CONFIG", "RESETSTAT");

        for (var refresh = 0; refresh < Refreshes; refresh++) await instance.Provider.ReadNowAsync(Cancellation);

        var counts = await redis.CommandCountsAsync();
        // On a slow machine, a poll may be due meanwhile.
        var refreshes = counts.GetValueOrDefault("exec");
        refreshes.ShouldBeGreaterThanOrEqualTo(Refreshes);
        // What runs less often than once in a refresh belongs to the client's and the instance's heartbeats.
        var commands = counts.Where(pair => pair.Key is not "select" && pair.Value >= Refreshes).Sum(pair => pair.Value);
        output.WriteLine(string.Join(' ', counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}"))));
        commands.ShouldBe(6 * refreshes);
        // One after each EXEC, so seven commands in all; 2.x sends another after TIME, for which it has no method.
        var selects = typeof(ConnectionMultiplexer).Assembly.GetName().Version!.Major > 2 ? 1 : 2;
        counts.GetValueOrDefault("select").ShouldBeLessThanOrEqualTo(selects * refreshes);
    }

    [Fact]
    public async Task A_refresh_sees_a_revocation_that_changes_nothing_else()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var revoker = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropMessages();
        await using var verifier = await Instance.StartWarmAsync(proxy.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await verifier.Provider.ReadNowAsync(Cancellation);

        await revoker.Ring.RevokeAsync(UnknownKeyId, Cancellation);
        await verifier.Provider.ReadNowAsync(Cancellation);

        verifier.Provider.Known.ShouldNotBeNull().Revoked.Keys.ShouldContain(UnknownKeyId);
    }

    [Fact]
    public async Task A_key_that_is_a_moment_old_is_accepted_in_the_same_call()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropMessages();
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var verifier = await Instance.StartWarmAsync(proxy.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await redis.FlushAllAsync();
        await signer.Ring.RotateAsync(Cancellation);

        (await verifier.VerifyAsync(await signer.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task No_log_line_and_no_exception_holds_a_secret_or_a_token()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "the-password");
        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("AUTH", "the-password");
        var instance = await Instance.StartWarmAsync(redis.ConnectionString + ",password=the-password");
        var hidden = new HashSet<string>(StringComparer.Ordinal) { "the-password" };
        await NoteAsync();
        hidden.Add(await instance.SignAsync());
        await instance.Ring.RotateAsync(Cancellation);
        await NoteAsync();
        await instance.Ring.RevokeAsync(await instance.CurrentAsync(), Cancellation);
        await NoteAsync();
        await client.CommandAsync("SET", "rewt:rewt-secret", "too short to be a secret");
        hidden.Add("too short to be a secret");
        // The line is written while the ring is read, a moment before the instance goes by what was read.
        Exception? failure = null;
        await Eventually.TrueAsync(
            async () => (failure = await Record.ExceptionAsync(async () => hidden.Add(await instance.SignAsync()))) is not null, "it has noticed");
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

        async Task NoteAsync()
        {
            hidden.Add((string)(await client.CommandAsync("GET", "rewt:rewt-secret"))!);
            hidden.Add((string)(await client.CommandAsync("HGET", "{rewt:rewt-secret}:ring", "next"))!);
        }
    }

    /// <summary>What is read then was asked for.</summary>
    private static void WithoutPolls(RewtOptions options) => options.RefreshInterval = TimeSpan.FromHours(1);

    /// <summary>
    /// A start ends with the announcement of what was read, and the read that follows the subscription. On a busy machine a command of the start may time
    /// out and be sent again, so the commands must not have changed for a second.
    /// </summary>
    private static async Task StartIsOverAsync(RedisServer redis, Instance instance)
    {
        var (since, last) = (TimeProvider.System.GetTimestamp(), "");
        await Eventually.TrueAsync(
            async () =>
            {
                var counts = await redis.CommandCountsAsync();
                var sent = string.Join(' ', counts.Where(pair => pair.Key is not ("ping" or "info")).OrderBy(pair => pair.Key, StringComparer.Ordinal));
                if (sent != last) (since, last) = (TimeProvider.System.GetTimestamp(), sent);
                return counts.ContainsKey("subscribe") && counts.ContainsKey("zremrangebyscore") && TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(1);
            },
            "the instance has subscribed and announced itself");
        await instance.Provider.ReadNowAsync(Cancellation);
    }
}
