namespace Rewt.Tests.Pairs;

/// <summary>Tests the life cycle of key pairs. The tests in the folder Faults test the life cycle of the shared secret.</summary>
public sealed class KeyPairLifeCycleTests
{
    private const string RevokedSet = "{rewt:rewt-keys}:orders:dead";
    private const string InstanceSet = "{rewt:rewt-keys}:instances";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Rotations_under_load_fail_no_call_and_need_no_retry()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, callers: 2, callees: 2, Rotating);
        var refusedBefore = fleet.Refused;
        var traffic = fleet.StartTraffic(callsPerSecond: 100);
        var seen = new HashSet<string?>(StringComparer.Ordinal);

        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var caller in fleet.Callers) seen.Add((await caller.Ring.GetAsync(Cancellation)).Current?.KeyId);
                return seen.Count > 7;
            },
            "three rotations have happened");
        await traffic.StopAsync();

        traffic.Failures.ShouldBeEmpty();
        fleet.Refused.ShouldBe(refusedBefore);
        traffic.Calls.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task A_key_is_published_before_it_signs_and_still_verifies_after_it_is_retired()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await OrdersAsync(redis);
        await using var inventory = await InventoryAsync(redis);
        var token = await orders.SignAsync();
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        var before = await orders.Ring.GetAsync(Cancellation);
        var pending = before.Keys.Single(key => key.State == RewtKeyState.Pending && key.Issuer == before.Current!.Issuer).KeyId;
        (await inventory.StateOfAsync(pending)).ShouldBe(RewtKeyState.Pending);

        var after = await orders.Ring.RotateAsync(Cancellation);

        after.Current!.KeyId.ShouldBe(pending);
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await Eventually.TrueAsync(async () => await inventory.StateOfAsync(before.Current!.KeyId) == RewtKeyState.Retired, "the receiver retires the old key");
        await Eventually.TrueAsync(async () => await inventory.StateOfAsync(pending) == RewtKeyState.Current, "the receiver uses the new key as current");
    }

    [Fact]
    public async Task A_token_signed_just_before_a_rotation_is_valid_until_it_expires()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await OrdersAsync(redis, Short);
        await using var inventory = await InventoryAsync(redis, Short);

        var token = await orders.SignAsync();
        await orders.Ring.RotateAsync(Cancellation);
        var refusal = RewtRefusal.None;
        await Eventually.TrueAsync(async () => (refusal = await inventory.VerifyAsync(token)) != RewtRefusal.None, "the token expires");

        refusal.ShouldBe(RewtRefusal.Expired);

        static void Short(RewtOptions options) =>
            (options.TokenLifetime, options.MaxTokenLifetime, options.ClockSkew) = (TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3), TimeSpan.Zero);
    }

    [Fact]
    public async Task A_new_key_is_accepted_in_the_first_call_that_uses_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inventory = await InventoryAsync(redis, Slow);
        await using var first = await OrdersAsync(redis, Slow);
        (await inventory.VerifyAsync(await first.SignAsync())).ShouldBe(RewtRefusal.None);

        // The key of an instance that has just started has not been polled yet.
        await using var second = await OrdersAsync(redis, Slow);
        (await inventory.VerifyAsync(await second.SignAsync())).ShouldBe(RewtRefusal.None);
        await second.Ring.RotateAsync(Cancellation);
        await second.Ring.RotateAsync(Cancellation);
        (await inventory.VerifyAsync(await second.SignAsync())).ShouldBe(RewtRefusal.None);

        static void Slow(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMinutes(5);
    }

    [Fact]
    public async Task A_revocation_by_any_instance_reaches_every_instance_by_push()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await OrdersAsync(redis, Slow);
        await using var inventory = await InventoryAsync(redis, Slow);
        var (token, keyId) = (await orders.SignAsync(), await orders.CurrentAsync());
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        await inventory.Ring.RevokeAsync(keyId, Cancellation);

        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
        // The next poll is minutes away, so this is the push.
        await orders.WaitUntilRefusedAsync(token);
        (await orders.StateOfAsync(keyId)).ShouldBe(RewtKeyState.Revoked);
        (await orders.CurrentAsync()).ShouldNotBe(keyId);
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);

        static void Slow(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMinutes(5);
    }

    [Fact]
    public async Task A_revocation_is_detected_by_polling_when_push_messages_are_lost()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropPushMessages();
        await using var orders = await OrdersAsync(redis);
        await using var inventory = await Instance.StartWarmAsync(proxy.ConnectionString, Named("inventory"));
        var (token, keyId) = (await orders.SignAsync(), await orders.CurrentAsync());
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        await orders.Ring.RevokeAsync(keyId, Cancellation);

        await inventory.WaitUntilRefusedAsync(token);
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_revocation_that_Redis_lost_is_restored_and_the_key_stays_revoked()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await OrdersAsync(redis);
        await using var inventory = await InventoryAsync(redis);
        var (token, keyId) = (await orders.SignAsync(), await orders.CurrentAsync());
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await orders.Ring.RevokeAsync(keyId, Cancellation);
        await inventory.WaitUntilRefusedAsync(token);

        await redis.CommandAsync("ZREM", RevokedSet, keyId);

        await Eventually.TrueAsync(async () => (await redis.CliAsync("ZSCORE", RevokedSet, keyId)).Length > 0, "the revocation is restored");
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
        (await orders.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    public async Task A_flush_of_Redis_fails_no_call_and_restores_no_revoked_key()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, callers: 2, callees: 2, Fast);
        var caller = fleet.Callers[0];
        var keyId = (await caller.Ring.GetAsync(Cancellation)).Current!.KeyId;
        var token = await caller.Data.SignTextAsync("content", Cancellation);
        await caller.Ring.RevokeAsync(keyId, Cancellation);
        var traffic = fleet.StartTraffic(callsPerSecond: 60);
        await Eventually.TrueAsync(() => traffic.Calls >= 20, "calls succeed before the flush");

        for (var round = 0; round < 3; round++)
        {
            await redis.FlushAllAsync();
            var calls = traffic.Calls;
            await Eventually.TrueAsync(() => traffic.Calls >= calls + 60, "calls continue after the flush");
        }

        await traffic.StopAsync();
        traffic.Failures.ShouldBeEmpty();
        foreach (var host in fleet.Hosts) (await host.Data.VerifyAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    public async Task An_outage_fails_no_call_within_the_stale_budget_and_recovery_is_automatic()
    {
        var time = new ShiftedTimeProvider();
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await OrdersAsync(redis, Budget, time);
        await using var inventory = await InventoryAsync(redis, Budget, time);
        var token = await orders.SignAsync();
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        await redis.KillAsync();
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);

        time.Shift = TimeSpan.FromSeconds(61);
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => inventory.VerifyAsync(token)) is RewtKeysUnavailableException, "the stale budget ends and the receiver stops verifying");
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => orders.SignAsync()) is RewtKeysUnavailableException, "the sender stops signing too");
        await redis.RestartAsync();
        await orders.WaitUntilHealthyAsync();
        await inventory.WaitUntilHealthyAsync();
        await Eventually.TrueAsync(async () => await inventory.VerifyAsync(await orders.SignAsync()) == RewtRefusal.None, "tokens are accepted again");

        static void Budget(RewtOptions options) => options.StaleBudget = TimeSpan.FromMinutes(1);
    }

    [Fact]
    public async Task RevokeAndWaitAsync_returns_after_every_running_instance_has_removed_the_key()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await OrdersAsync(redis);
        await using var another = await OrdersAsync(redis);
        await using var inventory = await InventoryAsync(redis);
        var (token, keyId) = (await orders.SignAsync(), await orders.CurrentAsync());
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await Eventually.TrueAsync(async () => (long)(await redis.CommandAsync("ZCARD", InstanceSet))! == 3, "all instances are registered");

        var revocation = await orders.Ring.RevokeAndWaitAsync(keyId, Limit, Cancellation);

        revocation.Unconfirmed.ShouldBeEmpty();
        foreach (var instance in new[] { orders, another, inventory }) (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    public async Task An_instance_whose_clock_is_an_hour_ahead_does_not_rotate()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await OrdersAsync(redis, Hourly);
        var keyId = await orders.CurrentAsync();
        await using var fast = await Instance.StartWarmAsync(redis.ConnectionString, Both(Named("orders"), Hourly), new ShiftedTimeProvider { Shift = TimeSpan.FromHours(1) });
        var own = await fast.CurrentAsync();
        await using var inventory = await InventoryAsync(redis, Hourly);
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);

        (await orders.CurrentAsync()).ShouldBe(keyId);
        (await fast.CurrentAsync()).ShouldBe(own);

        static void Hourly(RewtOptions options) => options.RotationInterval = TimeSpan.FromMinutes(30);
    }

    private static Action<RewtOptions> Both(Action<RewtOptions> first, Action<RewtOptions>? second) => options =>
    {
        first(options);
        second?.Invoke(options);
    };

    private static Task<Instance> OrdersAsync(RedisServer redis, Action<RewtOptions>? settings = null, TimeProvider? time = null) =>
        Instance.StartWarmAsync(redis.ConnectionString, Both(Named("orders"), settings), time);

    private static Task<Instance> InventoryAsync(RedisServer redis, Action<RewtOptions>? settings = null, TimeProvider? time = null) =>
        Instance.StartWarmAsync(redis.ConnectionString, Both(Named("inventory"), settings), time);

    private static Action<RewtOptions> Named(string service) => options =>
    {
        Fast(options);
        options.ServiceName = service;
    };

    private static void Fast(RewtOptions options) => (options.KeyMode, options.RefreshInterval) = (KeyMode.KeyPair, TimeSpan.FromMilliseconds(500));

    private static void Rotating(RewtOptions options) =>
        (options.KeyMode, options.RotationInterval, options.RefreshInterval) = (KeyMode.KeyPair, TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(300));
}
