namespace Rewt.Tests.BadInput;

/// <summary>
/// Many entries in the Redis keys of tenants and key pairs. A read returns only a part of such a key, so no call fails. REWT_JUNK sets another number of
/// entries.
/// </summary>
[Trait("Category", "Long")]
public sealed class TooManyEntriesTests
{
    private static readonly int Entries = int.TryParse(Environment.GetEnvironmentVariable("REWT_JUNK"), CultureInfo.InvariantCulture, out var entries) ? entries : 50_000;

    [Theory]
    [InlineData("tenants", "ZADD")]
    [InlineData("tenants-log", "LPUSH")]
    public async Task Too_many_tenants_or_writes_in_the_list_fail_no_call_and_revocations_apply(string key, string command)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await Tenants.TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromSeconds(1));
        (await StatusAsync(service, "acme")).ShouldBe(HttpStatusCode.OK);

        await FillAsync(redis, $"{{rewt:rewt-secret}}:{key}", command, number => $"other-{number}");
        await redis.CommandAsync("HSET", "{rewt:rewt-secret}:ring", "tenants", "another stamp");

        for (var number = 0; number < 3; number++)
        {
            (await StatusAsync(service, $"new-{number}")).ShouldBe(HttpStatusCode.OK);
            var token = await Tenants.TenantService.SignAsync(service, "acme");
            await service.Services.GetRequiredService<IRewtTenants>().RevokeTenantAsync("acme", Cancellation);
            await Eventually.SucceedsAsync(() => service.Ring.RotateAsync(Cancellation));
            (await Tenants.TenantService.StatusAsync(service, "acme", token)).ShouldBe(HttpStatusCode.Unauthorized);
            (await StatusAsync(service, "acme")).ShouldBe(HttpStatusCode.OK);
        }
    }

    [Theory]
    [InlineData("dead", false)]
    [InlineData("dead", true)]
    [InlineData("orders:dead", false)]
    [InlineData("orders:dead", true)]
    [InlineData("instances", false)]
    public async Task Too_many_entries_beside_key_pairs_fail_no_call_and_a_key_can_be_revoked(string key, bool arePossibleKeyIds)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var sender = await StartPairsAsync(redis, "orders");
        await using var receiver = await StartPairsAsync(redis, "inventory");
        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);

        await FillAsync(redis, $"{{rewt:rewt-keys}}:{key}", "ZADD", number => arePossibleKeyIds ? ThumbprintOf(number) : $"entry/{number:x12}|{number}|0");

        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);
        var former = (await sender.Ring.GetAsync(Cancellation)).Current!.KeyId;
        var token = await sender.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        await Eventually.SucceedsAsync(() => sender.Ring.RevokeAsync(former, Cancellation));
        await redis.CommandAsync("CONFIG", "RESETSTAT");
        for (var read = 0; read < 5; read++) await sender.Provider.ReadNowAsync(Cancellation);
        (await redis.CommandCountsAsync()).GetValueOrDefault("publish").ShouldBeLessThan(5, "the revocation is not written again after each read");
        await Eventually.TrueAsync(async () => await receiver.CallAsync(token).StatusAsync() == HttpStatusCode.Unauthorized, "the receiver refuses the revoked key");
        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);

        await redis.DelAsync($"{{rewt:rewt-keys}}:{key}");
        await Eventually.SucceedsAsync(() => sender.Ring.RotateAsync(Cancellation));
        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);
        (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized, "the revocation is kept");
        (await redis.CliAsync("ZSCORE", "{rewt:rewt-keys}:orders:dead", former)).ShouldNotBeEmpty("the revocation is stored");
    }

    [Fact]
    public async Task A_revocation_for_all_services_that_would_not_be_read_is_refused_and_DEL_repairs_it()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await StartPairsAsync(redis, "orders");
        await Eventually.SucceedsAsync(() => service.Ring.GetAsync(Cancellation));
        var keyId = ThumbprintOf(-1);
        await FillAsync(redis, "{rewt:rewt-keys}:dead", "ZADD", ThumbprintOf);

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Ring.RevokeAsync(keyId, Cancellation));

        exception.Message.ShouldContain("the Redis key '{rewt:rewt-keys}:dead' has 10000 or more entries, so that a further revocation would not be read; delete it with DEL");
        await redis.DelAsync("{rewt:rewt-keys}:dead");
        (await Eventually.SucceedsAsync(() => service.Ring.RevokeAsync(keyId, Cancellation))).Keys.ShouldContain(key => key.KeyId == keyId && key.State == RewtKeyState.Revoked);
    }

    private static Task<TestService> StartPairsAsync(RedisServer redis, string name) => TestService.StartAsync(
        redis.ConnectionString, name, options => (options.KeyMode, options.RefreshInterval) = (KeyMode.KeyPair, TimeSpan.FromSeconds(1)));

    private static async Task<HttpStatusCode> CallAsync(TestService sender, TestService receiver) =>
        await receiver.CallAsync(await sender.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation)).StatusAsync();

    private static async Task<HttpStatusCode> StatusAsync(TestService service, string tenant) =>
        await Tenants.TenantService.StatusAsync(service, tenant, await Tenants.TenantService.SignAsync(service, tenant));

    /// <summary>Returns a text that can be the key id of a key pair.</summary>
    private static string ThumbprintOf(int number) => System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)));

    private static async Task FillAsync(RedisServer redis, string key, string command, Func<int, string> entry)
    {
        await using var connection = await redis.ConnectAsync();
        // The entries expire in the near future, so that they are read before all others.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var numbers in Enumerable.Range(0, Entries).Chunk(5_000))
        {
            await connection.CommandAsync([command, key, .. numbers.SelectMany(number => command == "ZADD" ? new object[] { now + 3_600_000 + number, entry(number) } : [entry(number)])]);
        }
    }
}
