namespace Rewt.Tests.Ring;

/// <summary>Tests the Redis keys of a ring and the effect of commands on them.</summary>
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
    public async Task The_Redis_key_contains_32_bytes_in_base64url_with_the_rotation_interval_as_TTL()
    {
        await using var service = Instance.Start(Server.ConnectionString);

        var current = await service.CurrentAsync();

        var secret = (await Server.GetAsync(Key))!;
        secret.ShouldMatch("^[A-Za-z0-9_-]{43}$");
        KeyId.Of(Encoding.ASCII.GetBytes(secret)).ToString().ShouldBe(current);
        (await Server.PttlAsync(Key)).ShouldBeInRange(Day - 60_000, Day);
        (await KeysAsync()).ShouldBe([Key, "{rewt:rewt-secret}:ring"], ignoreOrder: true);
    }

    /// <summary>Returns the names of all keys except the list of instances, which is written at any time.</summary>
    private async Task<IEnumerable<string>> KeysAsync() =>
        (await Server.CliAsync("KEYS", "*")).Split('\n').Where(key => !key.EndsWith("rewt-secret}:instances", StringComparison.Ordinal));

    [Fact]
    public async Task The_other_Redis_keys_of_a_ring_are_in_the_hash_slot_of_the_secret()
    {
        await using var service = Instance.Start(Server.ConnectionString, options => options.Namespace = "shop:eu");
        var current = await service.CurrentAsync();

        await service.Ring.RevokeAsync(current, Cancellation);

        (await KeysAsync()).ShouldBe(
            ["shop:eu:rewt-secret", "{shop:eu:rewt-secret}:ring", "{shop:eu:rewt-secret}:dead"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_revoked_secret_that_is_set_in_Redis_again_is_replaced()
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
    public async Task EXPIRE_on_the_secret_moves_the_rotation_deadline()
    {
        await using var service = Instance.Start(Server.ConnectionString);
        var before = await service.Ring.GetAsync(Cancellation);

        await Server.CommandAsync("EXPIRE", Key, 1000);

        await Eventually.TrueAsync(
            async () => (await service.Ring.GetAsync(Cancellation)).Current!.StateEndsAt < before.Current!.StateEndsAt - TimeSpan.FromHours(23), "EXPIRE is applied");
        var after = await service.Ring.GetAsync(Cancellation);
        after.Current!.KeyId.ShouldBe(before.Current!.KeyId);
        (await Server.PttlAsync(Key)).ShouldBeInRange(900_000, 1_000_000);

        // Within the lead of two seconds, the rotation is due at once.
        await Server.CommandAsync("EXPIRE", Key, 2);
        await Eventually.TrueAsync(async () => await service.CurrentAsync() != before.Current.KeyId, "the pending key is current");
        (await service.Ring.GetAsync(Cancellation)).Keys.ShouldContain(key => key.KeyId == before.Current.KeyId && key.State == RewtKeyState.Retired);
    }
}
