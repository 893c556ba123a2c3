namespace Rewt.Tests.Faults;

public sealed class ClockTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task An_instance_with_a_wrong_clock_logs_a_warning_and_does_not_rotate_keys(int minutes)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var correct = await Instance.StartWarmAsync(redis.ConnectionString, Hourly);
        var before = await correct.Ring.GetAsync(Cancellation);

        await using var wrong = await Instance.StartWarmAsync(
            redis.ConnectionString, Hourly, new ShiftedTimeProvider { Shift = TimeSpan.FromMinutes(minutes) });
        // Each read decides whether a change is due. The second pass sees a change that the first pass wrote.
        for (var read = 0; read < 2; read++)
        {
            foreach (var instance in new[] { wrong, correct }) await instance.Provider.RefreshAsync(Cancellation);
        }

        await Eventually.TrueAsync(() => wrong.Log.Text.Contains("Warning ClockOff", StringComparison.Ordinal), "the warning is logged");
        (await correct.Ring.GetAsync(Cancellation)).Version.ShouldBe(before.Version);
        (await wrong.Data.VerifyAsync(await wrong.SignAsync(), Cancellation)).KeyId.ShouldBe(before.Current!.KeyId);
        correct.Log.Text.ShouldNotContain("ClockOff");

        static void Hourly(RewtOptions options) => options.RotationInterval = TimeSpan.FromMinutes(50);
    }

    [Fact]
    public async Task Keys_are_read_on_a_new_connection_if_the_machine_was_suspended_and_lost_its_connection()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        var clock = new ShiftedTimeProvider();
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var suspended = await Instance.StartWarmAsync(
            proxy.ConnectionString,
            options => (options.RefreshInterval, options.ClockSkew) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)),
            clock);
        await suspended.WaitUntilAnnouncedAsync();
        var token = await suspended.SignAsync();
        // The last response is recent by the monotonic clock, which does not advance during a suspension.
        await suspended.ReadAsync();
        proxy.DropConnectionData();
        await other.Ring.RevokeAsync(await other.CurrentAsync(), Cancellation);

        clock.Shift = TimeSpan.FromMinutes(2);

        (await suspended.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    public async Task Keys_are_read_again_after_the_machine_was_suspended()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropPushMessages();
        var clock = new ShiftedTimeProvider();
        await using var suspended = await Instance.StartWarmAsync(
            proxy.ConnectionString,
            options => (options.RefreshInterval, options.ClockSkew) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)),
            clock);
        await suspended.WaitUntilAnnouncedAsync();
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await suspended.SignAsync();
        await other.Ring.RevokeAsync(await other.CurrentAsync(), Cancellation);
        (await suspended.VerifyAsync(token)).ShouldBe(RewtRefusal.None, "the instance does not read again within its refresh interval");

        // The monotonic clock does not advance during a suspension.
        clock.Shift = TimeSpan.FromMinutes(2);

        (await suspended.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(48, true)]
    [InlineData(-48, false)]
    public async Task Setting_the_clock_of_the_Redis_host_under_load_fails_no_call(int hours, bool isRotationDue)
    {
        using var clock = await MovableClock.CreateAsync();
        await using var redis = await RedisServer.StartAsync(clock.Launcher, RedisServerKind.Real);
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, 2, 2, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        var before = await fleet.CurrentKeysAsync();

        await fleet.AssertNoCallFailsAsync(output, async () =>
        {
            var started = await SecondsAsync(redis);
            clock.Set(TimeSpan.FromHours(hours));
            (await SecondsAsync(redis) - started).ShouldBeInRange(hours * 3600, (hours * 3600) + 60);
            if (isRotationDue) await Eventually.TrueAsync(async () => (await fleet.CurrentKeysAsync()) is var keys && keys[0] != before[0] && keys.Distinct().Count() == 1, "all instances have the key of the rotation that is due");
            var after = await fleet.CurrentKeysAsync();
            for (var read = 0; read < 3; read++)
            {
                foreach (var host in fleet.Hosts) await host.Provider.ReadNowAsync(Cancellation);
            }

            (await fleet.CurrentKeysAsync()).ShouldAllBe(key => key == (isRotationDue ? after[0] : before[0]));
            await fleet.RotateAndWaitAsync(after);
        });
    }

    [Fact]
    public async Task The_rotation_continues_after_the_clock_of_the_Redis_host_was_ahead_by_eleven_years()
    {
        using var clock = await MovableClock.CreateAsync();
        await using var redis = await RedisServer.StartAsync(clock.Launcher, RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var first = await instance.CurrentAsync();
        clock.Set(TimeSpan.FromDays(11 * 365));
        await Eventually.TrueAsync(async () => await instance.CurrentAsync() != first, "the secret has expired by the clock of Redis");

        clock.Set(TimeSpan.Zero);
        await instance.ReadAsync();

        instance.Provider.Known!.UntilRotation(ClockReading.Now(TimeProvider.System)).ShouldBeInRange(TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        await using var later = await Instance.StartWarmAsync(redis.ConnectionString);
        (await later.CurrentAsync()).ShouldBe(await instance.CurrentAsync());
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("sign")]
    public async Task A_Redis_response_from_before_a_pause_does_not_restore_a_revoked_key(string operation)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropPushMessages();
        var clock = new ShiftedTimeProvider();
        await using var paused = await Instance.StartWarmAsync(
            proxy.ConnectionString,
            options => (options.RefreshInterval, options.ClockSkew) = (TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10)),
            clock);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString);
        var revokedKeyId = await other.CurrentAsync();
        var token = await paused.SignAsync();

        // The instance receives the response to its next read only after the pause.
        proxy.HoldResponses();
        var refresh = paused.Provider.RefreshAsync(Cancellation);
        await proxy.WaitUntilAnsweredAsync();
        await other.Ring.RevokeAsync(revokedKeyId, Cancellation);
        clock.Shift = TimeSpan.FromMinutes(3);
        proxy.ReleaseResponses();

        if (operation == "verify") (await paused.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
        else (await paused.Data.VerifyAsync(await paused.SignAsync(), Cancellation)).KeyId.ShouldNotBe(revokedKeyId);
        await refresh;
    }

    private static async Task<long> SecondsAsync(RedisServer redis) => long.Parse((await redis.CliAsync("TIME")).Split('\n')[0], CultureInfo.InvariantCulture);
}
