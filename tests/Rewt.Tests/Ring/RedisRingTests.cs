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
        await using var service = Instance.Start(Server.ConnectionString);

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
        await using var service = Instance.Start(Server.ConnectionString, options => options.Namespace = "shop:eu");
        var current = await service.CurrentAsync();

        await service.Ring.RevokeAsync(current, Cancellation);

        (await KeysAsync()).ShouldBe(
            ["shop:eu:rewt-secret", "{shop:eu:rewt-secret}:ring", "{shop:eu:rewt-secret}:dead"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_revoked_secret_that_is_set_again_is_replaced()
    {
        await using var service = Instance.Start(Server.ConnectionString);
        var token = await service.SignAsync();
        var former = (await Server.GetAsync(Key))!;
        await service.Ring.RevokeAsync(await service.CurrentAsync(), Cancellation);

        await Server.SetAsync(Key, former);

        await Eventually.TrueAsync(async () => await Server.GetAsync(Key) != former, "the revoked secret is replaced");
        (await service.VerifiesAsync(token)).ShouldBeFalse();
        (await service.VerifiesAsync(await service.SignAsync())).ShouldBeTrue();
    }

    [Fact]
    public async Task EXPIRE_moves_the_deadline()
    {
        await using var service = Instance.Start(Server.ConnectionString);
        var before = await service.Ring.GetAsync(Cancellation);

        await Server.CommandAsync("EXPIRE", Key, 1000);

        await Eventually.TrueAsync(
            async () => (await service.Ring.GetAsync(Cancellation)).Current!.StateEndsAt < before.Current!.StateEndsAt - TimeSpan.FromHours(23), "the deadline is near");
        var after = await service.Ring.GetAsync(Cancellation);
        after.Current!.KeyId.ShouldBe(before.Current!.KeyId);
        (await Server.PttlAsync(Key)).ShouldBeInRange(900_000, 1_000_000);

        // Within the lead of two seconds: now.
        await Server.CommandAsync("EXPIRE", Key, 2);
        await Eventually.TrueAsync(async () => await service.CurrentAsync() != before.Current.KeyId, "the next key took over");
        (await service.Ring.GetAsync(Cancellation)).Keys.ShouldContain(key => key.KeyId == before.Current.KeyId && key.State == RewtKeyState.Retired);
    }
}
