namespace Rewt.Tests.Faults;

public sealed class RevocationTests
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(1000);

    [Fact]
    public async Task A_revocation_takes_effect_by_polling_when_all_push_messages_are_lost()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropPushMessages();
        await using var revoker = await Instance.StartWarmAsync(redis.ConnectionString, Interval);
        await using var withoutPush = await InstanceGroup.StartWarmAsync(3, proxy.ConnectionString, Interval);
        var token = await revoker.SignAsync();
        foreach (var instance in withoutPush) (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        await revoker.Ring.RevokeAsync(await revoker.CurrentAsync(), Cancellation);
        await Task.WhenAll(withoutPush.Select(instance => instance.WaitUntilRefusedAsync(token)));
    }

    [Fact]
    public async Task RevokeAndWaitAsync_completes_when_every_running_instance_has_revoked_the_key()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instances = await InstanceGroup.StartWarmAsync(4, redis.ConnectionString, Interval);
        await AnnouncedAsync(redis, instances.Count);
        var keyId = await instances[0].CurrentAsync();

        var revocation = await instances[0].Ring.RevokeAndWaitAsync(keyId, TimeSpan.FromMinutes(1), Cancellation);

        revocation.Unconfirmed.ShouldBeEmpty();
        revocation.IsComplete.ShouldBeTrue();
        revocation.Ring.Keys.ShouldContain(key => key.KeyId == keyId && key.State == RewtKeyState.Revoked);
        foreach (var instance in instances) instance.Provider.Known!.Revoked.Keys.ShouldContain(KeyId.Parse(keyId));
    }

    [Fact]
    public async Task RevokeAndWaitAsync_reports_a_disconnected_instance_but_not_a_stopped_instance()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var connected = await Instance.StartWarmAsync(redis.ConnectionString, Interval);
        await using var disconnected = await Instance.StartWarmAsync(proxy.ConnectionString, options =>
        {
            Interval(options);
            options.ServiceName = "far";
        });
        var ended = await Instance.StartWarmAsync(redis.ConnectionString, Interval);
        await AnnouncedAsync(redis, 3);
        await ended.DisposeAsync();
        proxy.Hold();
        var keyId = await connected.CurrentAsync();

        var revocation = await connected.Ring.RevokeAndWaitAsync(keyId, TimeSpan.FromSeconds(1), Cancellation);

        revocation.IsComplete.ShouldBeFalse();
        revocation.Unconfirmed.ShouldHaveSingleItem().ShouldStartWith("far/");
        proxy.Release();
        (await connected.Ring.RevokeAndWaitAsync(keyId, TimeSpan.FromMinutes(1), Cancellation)).Unconfirmed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("DEL")]
    [InlineData("SET")]
    public async Task Deleting_or_overwriting_the_secret_revokes_all_previous_keys(string command)
    {
        const string NewSecret = "the secret that an operator typed in: 🔑 ünïcode, spaces and all";
        await using var redis = await RedisServer.StartAsync();
        await using var instances = await InstanceGroup.StartWarmAsync(2, redis.ConnectionString, Interval);
        var token = await instances[0].SignAsync();
        var before = await instances[0].Ring.GetAsync(Cancellation);

        if (command == "DEL") await redis.DelAsync("rewt:rewt-secret");
        else await redis.SetAsync("rewt:rewt-secret", NewSecret);
        await instances.WaitUntilRefusedAsync(token);

        foreach (var key in before.Keys) (await instances[0].StateOfAsync(key.KeyId)).ShouldBe(RewtKeyState.Revoked);
        (await instances[1].VerifyAsync(await instances[0].SignAsync())).ShouldBe(RewtRefusal.None);
        await Eventually.TrueAsync(async () => await redis.PttlAsync("rewt:rewt-secret") > 86_340_000, "the secret has a time to live of one day");
        if (command == "DEL") return;
        (await redis.GetAsync("rewt:rewt-secret")).ShouldBe(NewSecret);
        (await instances[0].CurrentAsync()).ShouldBe(KeyId.Of(Encoding.UTF8.GetBytes(NewSecret)).ToString());
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task An_expired_secret_becomes_retired_and_its_tokens_remain_valid()
    {
        await using var redis = await RedisServer.StartAsync();
        string token, keyId;
        await using (var first = await Instance.StartWarmAsync(redis.ConnectionString, Interval))
        {
            (token, keyId) = (await first.SignAsync(), await first.CurrentAsync());
            // The end of the current state changes when the instance notices the new TTL.
            await redis.CommandAsync("PEXPIRE", "rewt:rewt-secret", 30_000);
            await Eventually.TrueAsync(
                async () => (await first.Ring.GetAsync(Cancellation)).Current!.StateEndsAt < TimeProvider.System.GetUtcNow().AddSeconds(35),
                "the instance has noticed the new TTL");
        }

        await Eventually.TrueAsync(async () => await redis.PttlAsync("rewt:rewt-secret") == -2, "the secret expires without a rotation");
        await using var second = await Instance.StartWarmAsync(redis.ConnectionString, Interval);

        (await second.StateOfAsync(keyId)).ShouldBe(RewtKeyState.Retired);
        (await second.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
    }

    private static Task AnnouncedAsync(RedisServer redis, int count) => Eventually.TrueAsync(
        async () => (long)(await redis.CommandAsync("ZCARD", "{rewt:rewt-secret}:instances"))! == count,
        "all instances have announced themselves");

    private static void Interval(RewtOptions options) => options.RefreshInterval = Refresh;
}
