namespace Rewt.Tests.Faults;

public sealed class ClockTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task An_instance_whose_clock_is_an_hour_off_does_not_rotate_and_says_so(int minutes)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var right = await Instance.StartWarmAsync(redis.ConnectionString, Hourly);
        var before = await right.Ring.GetAsync(Cancellation);

        await using var wrong = await Instance.StartWarmAsync(
            redis.ConnectionString, Hourly, new ShiftedTimeProvider { Shift = TimeSpan.FromMinutes(minutes) });
        // Each read decides what is due; the last of them sees what the first of them wrote.
        for (var read = 0; read < 2; read++)
        {
            foreach (var instance in new[] { wrong, right }) await instance.Provider.RefreshAsync(Cancellation);
        }

        await Eventually.TrueAsync(() => wrong.Log.Text.Contains("Warning ClockOff", StringComparison.Ordinal), "it says so");
        (await right.Ring.GetAsync(Cancellation)).Version.ShouldBe(before.Version);
        (await wrong.Data.VerifyAsync(await wrong.SignAsync(), Cancellation)).KeyId.ShouldBe(before.Current!.KeyId);
        right.Log.Text.ShouldNotContain("ClockOff");

        static void Hourly(RewtOptions options) => options.RotationInterval = TimeSpan.FromMinutes(50);
    }

    [Fact]
    public async Task Keys_known_before_the_machine_was_suspended_are_read_again()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropMessages();
        var clock = new ShiftedTimeProvider();
        await using var suspended = await Instance.StartWarmAsync(
            proxy.ConnectionString,
            options => (options.RefreshInterval, options.ClockSkew) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)),
            clock);
        await suspended.StartedAsync();
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await suspended.SignAsync();
        await other.Ring.RevokeAsync(await other.CurrentAsync(), Cancellation);
        (await suspended.VerifyAsync(token)).ShouldBe(RewtRefusal.None, "within its interval it need not read");

        // The monotonic clock stood still meanwhile.
        clock.Shift = TimeSpan.FromMinutes(2);

        (await suspended.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(48, true)]
    [InlineData(-48, false)]
    public async Task A_clock_of_the_Redis_host_that_is_set_under_load_costs_no_call(int hours, bool isRotationDue)
    {
        using var clock = await MovableClock.CreateAsync();
        await using var redis = await RedisServer.StartAsync(clock.Launcher, RedisServerKind.Real);
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, 2, 2, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        var before = await fleet.CurrentKeysAsync();

        await fleet.CostsNoCallAsync(output, async () =>
        {
            var started = await SecondsAsync(redis);
            clock.Set(TimeSpan.FromHours(hours));
            (await SecondsAsync(redis) - started).ShouldBeInRange(hours * 3600, (hours * 3600) + 60);
            if (isRotationDue) await Eventually.TrueAsync(async () => (await fleet.CurrentKeysAsync()) is var keys && keys[0] != before[0] && keys.Distinct().Count() == 1, "the rotation that is due is made");
            var after = await fleet.CurrentKeysAsync();
            for (var read = 0; read < 3; read++)
            {
                foreach (var host in fleet.Hosts) await host.Services.GetRequiredService<KeyRingRegistry>().Provider("rewt").ReadNowAsync(Cancellation);
            }

            (await fleet.CurrentKeysAsync()).ShouldAllBe(key => key == (isRotationDue ? after[0] : before[0]));
            await fleet.RotatesAsync(after);
        });
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("sign")]
    public async Task A_reply_from_before_a_pause_does_not_bring_a_dead_key_back(string work)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropMessages();
        var clock = new ShiftedTimeProvider();
        await using var paused = await Instance.StartWarmAsync(
            proxy.ConnectionString,
            options => (options.RefreshInterval, options.ClockSkew) = (TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10)),
            clock);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString);
        var dead = await other.CurrentAsync();
        var token = await paused.SignAsync();

        // Its next read gets the answer that the server gives now, and gets it after the pause.
        proxy.HoldAnswers();
        var refresh = paused.Provider.RefreshAsync(Cancellation);
        await proxy.AnsweredAsync();
        await other.Ring.RevokeAsync(dead, Cancellation);
        clock.Shift = TimeSpan.FromMinutes(3);
        proxy.ReleaseAnswers();

        if (work == "verify") (await paused.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
        else (await paused.Data.VerifyAsync(await paused.SignAsync(), Cancellation)).KeyId.ShouldNotBe(dead);
        await refresh;
    }

    private static async Task<long> SecondsAsync(RedisServer redis) => long.Parse((await redis.CliAsync("TIME")).Split('\n')[0], CultureInfo.InvariantCulture);
}
