namespace Rewt.Tests.Pairs;

public sealed class KeyPairModeTests
{
    public static TheoryData<string> Algorithms => ["ES256", "RS256"];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_signed_call_is_accepted_and_names_the_caller(string algorithm)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inventory = await TestService.StartAsync(redis.ConnectionString, settings: Pairs);
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders", Settings, builder =>
            builder.Services.AddHttpClient("inventory", client => client.BaseAddress = inventory.Address).AddRewtSigning("inventory"));

        using var signed = await orders.Client("inventory").GetAsync(new Uri("/secure", UriKind.Relative), Cancellation);
        signed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await signed.Content.ReadAsStringAsync(Cancellation)).ShouldContain("iss=orders");
        var ring = await orders.Ring.GetAsync(Cancellation);
        ring.Current!.Issuer.ShouldBe("orders");
        ring.Keys.Count(key => key.State == RewtKeyState.Pending && key.Issuer == "orders").ShouldBe(1);
        (await redis.CliAsync("HGET", "{rewt:rewt-keys}:orders:keys", ring.Current.KeyId)).ShouldContain($"\"alg\":\"{algorithm}\"");

        void Settings(RewtOptions options)
        {
            Pairs(options);
            options.KeyPairs.Algorithm = algorithm;
        }
    }

    [Fact]
    public async Task A_service_that_only_verifies_creates_no_keys_and_writes_nothing_to_Redis()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inventory = await TestService.StartAsync(redis.ConnectionString, settings: Pairs);

        (await inventory.CallAsync(HandmadeToken.Sign(KeyPair.Generate("ES256")), "/secure").ChallengeAsync()).ShouldContain("stale_key");
        (await redis.DbSizeAsync()).ShouldBe(0);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_token_stays_valid_after_its_process_ends_and_the_keys_expire_later()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, WithShortTimes("inventory"));
        var orders = await Instance.StartWarmAsync(redis.ConnectionString, WithShortTimes("orders"));
        var keyId = await orders.CurrentAsync();
        var token = await orders.SignAsync();
        await orders.DisposeAsync();

        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await Eventually.TrueAsync(async () => await redis.CliAsync("EXISTS", "{rewt:rewt-keys}:orders:keys") == "0", "the keys of the ended process expire");
        await Eventually.TrueAsync(async () => await inventory.StateOfAsync(keyId) is null, "the other instances no longer know the key");

        static Action<RewtOptions> WithShortTimes(string service) => options =>
        {
            Pairs(options);
            (options.ServiceName, options.RefreshInterval, options.MaxTokenLifetime) = (service, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
            (options.TokenLifetime, options.ClockSkew, options.StaleBudget) = (TimeSpan.FromSeconds(10), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        };
    }

    [Fact]
    public void The_lease_of_published_keys_is_longer_than_the_stale_budget()
    {
        var options = new RewtOptions { StaleBudget = TimeSpan.FromHours(3) };

        PairSchedule.From(options).Lease.ShouldBeGreaterThan(options.StaleBudget);
    }

    [Fact]
    public async Task An_unreadable_ring_of_the_service_is_not_written_at_each_read()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Orders);
        var token = await orders.SignAsync();
        await redis.CommandAsync("DEL", "{rewt:rewt-keys}:orders:dead");
        await redis.SetAsync("{rewt:rewt-keys}:orders:dead", "no set");
        await ReadAsync();
        var before = (await redis.CommandCountsAsync()).GetValueOrDefault("hset") + (await redis.CommandCountsAsync()).GetValueOrDefault("hmset");

        await ReadAsync();

        var after = (await redis.CommandCountsAsync()).GetValueOrDefault("hset") + (await redis.CommandCountsAsync()).GetValueOrDefault("hmset");
        after.ShouldBe(before);
        (await orders.VerifyAsync(token)).ShouldBe(RewtRefusal.None, "the service keeps its current key pair");

        // Each read is followed by the changes that are due.
        async Task ReadAsync()
        {
            for (var read = 0; read < 3; read++) await Record.ExceptionAsync(() => orders.Provider.RefreshAsync(Cancellation));
        }

        static void Orders(RewtOptions options)
        {
            Pairs(options);
            (options.ServiceName, options.RefreshInterval) = ("orders", TimeSpan.FromMilliseconds(200));
        }
    }

    private static void Pairs(RewtOptions options) => options.KeyMode = KeyMode.KeyPair;
}
