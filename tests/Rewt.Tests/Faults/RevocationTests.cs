namespace Rewt.Tests.Faults;

public sealed class RevocationTests
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(1000);

    [Fact]
    public async Task With_all_messages_lost_a_revocation_is_seen_within_one_refresh_interval_under_good_traffic()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropMessages();
        await using var operatorsOwn = await Instance.StartWarmAsync(redis.ConnectionString, Interval);
        await using var deaf = await InstanceGroup.StartWarmAsync(3, proxy.ConnectionString, Interval);
        var token = await operatorsOwn.SignAsync();
        foreach (var instance in deaf) (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        await operatorsOwn.Ring.RevokeAsync(await operatorsOwn.CurrentAsync(), Cancellation);
        await Task.WhenAll(deaf.Select(instance => instance.RefusesAsync(token)));
    }

    [Fact]
    public async Task A_revocation_that_is_waited_for_returns_when_every_live_instance_has_dropped_the_key()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instances = await InstanceGroup.StartWarmAsync(4, redis.ConnectionString, Interval);
        await AnnouncedAsync(redis, instances.Count);
        var keyId = await instances[0].CurrentAsync();

        var revocation = await instances[0].Ring.RevokeAndWaitAsync(keyId, TimeSpan.FromMinutes(1), Cancellation);

        revocation.Unconfirmed.ShouldBeEmpty();
        revocation.IsComplete.ShouldBeTrue();
        revocation.Ring.Keys.ShouldContain(key => key.KeyId == keyId && key.State == RewtKeyState.Revoked);
        foreach (var instance in instances) instance.Provider.Fresh!.Revoked.Keys.ShouldContain(keyId);
    }

    [Fact]
    public async Task A_revocation_that_is_waited_for_names_the_instance_that_is_cut_off_and_not_one_that_has_ended()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var near = await Instance.StartWarmAsync(redis.ConnectionString, Interval);
        await using var far = await Instance.StartWarmAsync(proxy.ConnectionString, options =>
        {
            Interval(options);
            options.ServiceName = "far";
        });
        var ended = await Instance.StartWarmAsync(redis.ConnectionString, Interval);
        await AnnouncedAsync(redis, 3);
        await ended.DisposeAsync();
        proxy.Hold();
        var keyId = await near.CurrentAsync();

        var revocation = await near.Ring.RevokeAndWaitAsync(keyId, TimeSpan.FromSeconds(1), Cancellation);

        revocation.IsComplete.ShouldBeFalse();
        revocation.Unconfirmed.ShouldHaveSingleItem().ShouldStartWith("far/");
        proxy.Release();
        (await near.Ring.RevokeAndWaitAsync(keyId, TimeSpan.FromMinutes(1), Cancellation)).Unconfirmed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("DEL")]
    [InlineData("SET")]
    public async Task A_secret_that_is_deleted_or_set_by_hand_gets_no_grace(string command)
    {
        const string Typed = "the secret that an operator typed in: 🔑 ünïcode, spaces and all";
        await using var redis = await RedisServer.StartAsync();
        await using var instances = await InstanceGroup.StartWarmAsync(2, redis.ConnectionString, Interval);
        var token = await instances[0].SignAsync();
        var before = await instances[0].Ring.GetAsync(Cancellation);

        if (command == "DEL") await redis.DelAsync("rewt:rewt-secret");
        else await redis.SetAsync("rewt:rewt-secret", Typed);
        await instances.RefuseAsync(token);

        foreach (var key in before.Keys) (await instances[0].StateOfAsync(key.KeyId)).ShouldBe(RewtKeyState.Revoked);
        (await instances[1].VerifyAsync(await instances[0].SignAsync())).ShouldBe(RewtRefusal.None);
        await Eventually.TrueAsync(async () => await redis.PttlAsync("rewt:rewt-secret") > 86_340_000, "it has the time to live of a day");
        if (command == "DEL") return;
        (await redis.GetAsync("rewt:rewt-secret")).ShouldBe(Typed);
        (await instances[0].CurrentAsync()).ShouldBe(KeyId.Of(Encoding.UTF8.GetBytes(Typed)));
    }

    [Fact]
    public async Task A_secret_whose_time_has_run_out_retires_and_its_tokens_live()
    {
        await using var redis = await RedisServer.StartAsync();
        string token, keyId;
        await using (var first = await Instance.StartWarmAsync(redis.ConnectionString, Interval))
        {
            (token, keyId) = (await first.SignAsync(), await first.CurrentAsync());
            // The deadline follows an EXPIRE that an instance has seen.
            await redis.CommandAsync("PEXPIRE", "rewt:rewt-secret", 4000);
            await Eventually.TrueAsync(
                async () => (await first.Ring.GetAsync(Cancellation)).Current!.StateEndsAt < TimeProvider.System.GetUtcNow().AddSeconds(10),
                "the deadline has moved");
        }

        await Eventually.TrueAsync(async () => await redis.PttlAsync("rewt:rewt-secret") == -2, "no instance rotates and the secret expires");
        await using var second = await Instance.StartWarmAsync(redis.ConnectionString, Interval);

        (await second.StateOfAsync(keyId)).ShouldBe(RewtKeyState.Retired);
        (await second.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
    }

    private static Task AnnouncedAsync(RedisServer redis, int count) => Eventually.TrueAsync(
        async () => (long)(await redis.CommandAsync("ZCARD", "{rewt:rewt-secret}:instances"))! == count,
        "all have announced themselves");

    private static void Interval(RewtOptions options) => options.RefreshInterval = Refresh;
}
