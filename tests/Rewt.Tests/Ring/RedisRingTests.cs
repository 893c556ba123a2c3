using Rewt.Internal;

namespace Rewt.Tests.Ring;

/// <summary>What people do to the Redis key with redis-cli, and what services make of it.</summary>
public sealed class RedisRingTests(RealRedisFixture fixture) : IClassFixture<RealRedisFixture>, IAsyncLifetime
{
    private const string Key = "rewt:rewt-secret";
    private const long Day = 86_400_000;

    private RedisServer Server => fixture.Server;

    public async ValueTask InitializeAsync()
    {
        Require.RealRedis();
        await Server.FlushAllAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_key_holds_32_random_bytes_in_base64url_with_the_rotation_interval_as_TTL()
    {
        await using var service = new RedisService(Server);

        var current = await service.CurrentAsync();

        var secret = (await Server.GetAsync(Key))!;
        secret.ShouldMatch("^[A-Za-z0-9_-]{43}$");
        KeyId.Of(Encoding.ASCII.GetBytes(secret)).ShouldBe(current);
        (await Server.PttlAsync(Key)).ShouldBeInRange(Day - 60_000, Day);
        (await KeysAsync()).ShouldBe([Key, "{rewt:rewt-secret}:ring"], ignoreOrder: true);
    }

    /// <summary>Without the roll of instances, which each signs when it comes to it.</summary>
    private async Task<IEnumerable<string>> KeysAsync() =>
        (await Server.CliAsync("KEYS", "*")).Split('\n').Where(key => !key.EndsWith("rewt-secret}:instances", StringComparison.Ordinal));

    [Fact]
    public async Task Beside_the_secret_lie_only_companions_in_its_slot()
    {
        await using var service = new RedisService(Server, options => options.Namespace = "shop:eu");
        var current = await service.CurrentAsync();

        await service.Ring.RevokeAsync(current, TestContext.Current.CancellationToken);

        (await KeysAsync()).ShouldBe(
            ["shop:eu:rewt-secret", "{shop:eu:rewt-secret}:ring", "{shop:eu:rewt-secret}:dead"], ignoreOrder: true);
    }

    [Fact]
    public async Task DEL_revokes_all_keys_and_all_services_share_a_fresh_one()
    {
        await using var one = new RedisService(Server);
        await using var two = new RedisService(Server);
        var (former, token) = (await one.CurrentAsync(), await one.SignAsync());
        (await two.VerifiesAsync(token)).ShouldBeTrue();

        await Server.DelAsync(Key);

        await RefusedAsync(token, one, two);
        (await one.CurrentAsync()).ShouldNotBe(former);
        (await two.VerifiesAsync(await one.SignAsync())).ShouldBeTrue();
        (await Server.PttlAsync(Key)).ShouldBeInRange(Day - 60_000, Day);
    }

    [Fact]
    public async Task SET_revokes_all_other_keys_and_gets_its_TTL_back()
    {
        await using var one = new RedisService(Server);
        await using var two = new RedisService(Server);
        var token = await one.SignAsync();
        (await two.VerifiesAsync(token)).ShouldBeTrue();
        const string Mine = "a secret that somebody typed in: 🔑 ünïcode, spaces and all";

        await Server.SetAsync(Key, Mine);

        await RefusedAsync(token, one, two);
        (await one.CurrentAsync()).ShouldBe(KeyId.Of(Encoding.UTF8.GetBytes(Mine)));
        (await two.VerifiesAsync(await one.SignAsync())).ShouldBeTrue();
        (await Server.GetAsync(Key)).ShouldBe(Mine);
        await Eventually.TrueAsync(async () => await Server.PttlAsync(Key) > Day - 60_000, "the TTL is back");
    }

    [Fact]
    public async Task A_revoked_secret_that_is_set_again_is_replaced()
    {
        await using var service = new RedisService(Server);
        var token = await service.SignAsync();
        var former = (await Server.GetAsync(Key))!;
        await service.Ring.RevokeAsync(await service.CurrentAsync(), TestContext.Current.CancellationToken);

        await Server.SetAsync(Key, former);

        await Eventually.TrueAsync(async () => await Server.GetAsync(Key) != former, "the revoked secret is replaced");
        (await service.VerifiesAsync(token)).ShouldBeFalse();
        (await service.VerifiesAsync(await service.SignAsync())).ShouldBeTrue();
    }

    [Fact]
    public async Task PERSIST_is_undone()
    {
        await using var service = new RedisService(Server);
        var current = await service.CurrentAsync();

        await Server.CommandAsync("PERSIST", Key);

        await Eventually.TrueAsync(async () => await Server.PttlAsync(Key) > Day - 60_000, "the TTL is back");
        (await service.CurrentAsync()).ShouldBe(current);
    }

    [Fact]
    public async Task EXPIRE_moves_the_deadline()
    {
        await using var service = new RedisService(Server);
        var before = await service.ReadAsync();

        await Server.CommandAsync("EXPIRE", Key, 1000);

        await Eventually.TrueAsync(
            async () => (await service.ReadAsync()).Current!.Until < before.Current!.Until - TimeSpan.FromHours(23), "the deadline is near");
        var after = await service.ReadAsync();
        after.Current!.KeyId.ShouldBe(before.Current!.KeyId);
        (await Server.PttlAsync(Key)).ShouldBeInRange(900_000, 1_000_000);

        // Within the lead of two seconds: now.
        await Server.CommandAsync("EXPIRE", Key, 2);
        await Eventually.TrueAsync(async () => await service.CurrentAsync() != before.Current.KeyId, "the next key took over");
        (await service.ReadAsync()).Keys.ShouldContain(key => key.KeyId == before.Current.KeyId && key.State == RewtKeyState.Retired);
    }

    [Theory]
    [InlineData("", "the value is empty")]
    [InlineData("my short secret", "the value has 15 bytes, fewer than 32")]
    public async Task A_useless_value_is_left_alone_and_named_by_its_length_only(string value, string problem)
    {
        await using var service = new RedisService(Server);
        var token = await service.SignAsync();

        await Server.SetAsync(Key, value);

        await UnusableAsync(service, problem, value);
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.VerifiesAsync(token));
        (await Server.GetAsync(Key)).ShouldBe(value);
        (await Server.PttlAsync(Key)).ShouldBe(-1);
        await Server.DelAsync(Key);
        await HealedAsync(service);
        (await service.VerifiesAsync(token)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_of_another_type_is_left_alone_and_named_by_its_type()
    {
        await using var service = new RedisService(Server);
        await service.SignAsync();

        await Server.DelAsync(Key);
        await Server.CommandAsync("RPUSH", Key, "do not lose me");

        // The service may have been between the two commands.
        if (await Server.CliAsync("TYPE", Key) == "list")
        {
            await UnusableAsync(service, "another type than a string", "do not lose me");
            (await Server.CliAsync("LRANGE", Key, "0", "-1")).ShouldBe("do not lose me");
            await Server.DelAsync(Key);
        }

        await HealedAsync(service);
    }

    [Fact]
    public async Task FLUSHALL_costs_one_new_secret_and_brings_nothing_back()
    {
        await using var one = new RedisService(Server);
        await using var two = new RedisService(Server);
        var (former, token) = (await one.CurrentAsync(), await one.SignAsync());
        (await two.VerifiesAsync(token)).ShouldBeTrue();

        await Server.FlushAllAsync();

        await RefusedAsync(token, one, two);
        await Eventually.TrueAsync(async () => await one.CurrentAsync() == await two.CurrentAsync(), "both hold the same");
        (await one.CurrentAsync()).ShouldBe(KeyId.Of((await Server.GetBytesAsync(Key))!));
        (await one.CurrentAsync()).ShouldNotBe(former);
    }

    [Fact]
    public async Task A_secret_that_is_there_already_is_adopted_with_its_TTL()
    {
        const string Theirs = "0ZPmb7Y4yr9nN3c0M3W7S8jHgk1yA2cQpWq6TzUeJ5E=";
        await Server.SetAsync(Key, Theirs, TimeSpan.FromHours(2));
        await using var service = new RedisService(Server);

        (await service.CurrentAsync()).ShouldBe(KeyId.Of(Encoding.ASCII.GetBytes(Theirs)));

        (await Server.GetAsync(Key)).ShouldBe(Theirs);
        (await Server.PttlAsync(Key)).ShouldBeInRange(7_100_000, 7_200_000);
    }

    [Fact]
    public async Task Rotating_and_revoking_reach_every_service()
    {
        await using var one = new RedisService(Server);
        await using var two = new RedisService(Server);
        var (first, token) = (await one.ReadAsync(), await one.SignAsync());
        (await two.VerifiesAsync(token)).ShouldBeTrue();

        var rotated = await one.Ring.RotateAsync(TestContext.Current.CancellationToken);
        rotated.Current!.KeyId.ShouldBe(first.Keys.Single(key => key.State == RewtKeyState.Pending).KeyId);
        await Eventually.TrueAsync(async () => await two.CurrentAsync() == rotated.Current.KeyId, "the other service rotated");
        (await two.VerifiesAsync(token)).ShouldBeTrue();

        await one.Ring.RevokeAsync(first.Current!.KeyId, TestContext.Current.CancellationToken);
        (await one.VerifiesAsync(token)).ShouldBeFalse();
        await RefusedAsync(token, two);
        (await two.CurrentAsync()).ShouldBe(rotated.Current.KeyId);
        await Should.ThrowAsync<ArgumentException>(() => one.Ring.RevokeAsync("no key id", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Signing_and_verifying_send_Redis_nothing()
    {
        await using var service = new RedisService(Server, options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await service.VerifiesAsync(await service.SignAsync());
        await Eventually.TrueAsync(async () => (await Server.CliAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look")).EndsWith('1'), "the service listens");
        await Server.CommandAsync("CONFIG", "RESETSTAT");

        for (var i = 0; i < 500; i++) (await service.VerifiesAsync(await service.SignAsync())).ShouldBeTrue();

        var counts = await Server.CommandCountsAsync();
        // The client library may send a subscription twice.
        counts.Keys.Except(["config|resetstat", "ping", "info", "subscribe"], StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
    }

    private static Task RefusedAsync(string token, params RedisService[] services) => Task.WhenAll(services.Select(service =>
        Eventually.TrueAsync(async () => !await service.VerifiesAsync(token), "the token is refused")));

    private static Task HealedAsync(RedisService service) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return await service.VerifiesAsync(await service.SignAsync());
            }
            catch (RewtKeysUnavailableException)
            {
                return false;
            }
        },
        "the service works again");

    private static async Task UnusableAsync(RedisService service, string problem, string value)
    {
        RewtKeysUnavailableException? error = null;
        await Eventually.TrueAsync(
            async () =>
            {
                error = await Record.ExceptionAsync(() => service.SignAsync()) as RewtKeysUnavailableException;
                return error is not null;
            },
            "the value is refused");
        error!.Message.ShouldContain(problem);
        error.Message.ShouldContain(Key);
        if (value.Length > 0) error.ToString().ShouldNotContain(value);
    }
}
