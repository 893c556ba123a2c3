namespace Rewt.Tests.Tenants;

/// <summary>Tests the cost of tenants: Redis commands and memory.</summary>
public sealed class TenantCostTests
{
    /// <summary>The commands that read keys and tenants. The doctor uses other commands.</summary>
    private static readonly string[] Reads = ["zmscore", "zscore", "lrange", "getrange", "hgetall", "exec", "exists"];

    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000, Traits = ["Category", "Long"])]
    public async Task Tokens_with_forged_tenants_cause_no_Redis_command_and_are_not_cached(int forgedTenants)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.SetAsync("rewt:rewt-secret", TokenForge.KnownSecret, TimeSpan.FromHours(2));
        await using var host = await TenantService.StartAsync(redis, PollHourly);
        var good = await host.SignAsync("acme");
        (await host.StatusAsync("acme", good)).ShouldBe(HttpStatusCode.OK);
        var tokens = host.Services.GetRequiredService<IRewtTokens>();
        var forge = new TokenForge(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).HeaderMember("kid", $"\"{TokenForge.GoodKeyId}.0\"");
        await redis.WaitForStartupAsync(keyRings: 1);
        var before = await redis.CommandCountsAsync();

        for (var tenant = 0; tenant < forgedTenants; tenant++)
        {
            (await tokens.VerifyBearerAsync(forge.Claim("tenant", $"\"t{tenant}\"").Token, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
        }

        Sum(await redis.CommandCountsAsync()).ShouldBe(Sum(before));
        (await host.StatusAsync("acme", good)).ShouldBe(HttpStatusCode.OK);
        var tenants = host.Provider.Tenants!;
        Enumerable.Range(0, forgedTenants).ShouldAllBe(tenant => tenants.Known($"t{tenant}") == null);
    }

    [Fact]
    public async Task A_new_tenant_causes_at_most_one_Redis_command_even_beyond_the_cache_size()
    {
        const int Tenants = 1000;
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var issuer = await TenantService.StartAsync(redis, PollHourly);
        await using var service = await TenantService.StartAsync(redis, options => (options.RefreshInterval, options.Tenants.CacheSize) = (TimeSpan.FromHours(1), 100));
        var (tokens, statuses) = (new List<(string Tenant, string Token)>(), new List<HttpStatusCode>());
        foreach (var batch in Enumerable.Range(0, Tenants).Chunk(50)) tokens.AddRange(await Task.WhenAll(batch.Select(async tenant => ($"t{tenant}", await issuer.SignAsync($"t{tenant}")))));
        await redis.WaitForStartupAsync(keyRings: 2);
        var before = await redis.CommandCountsAsync();

        // Two calls of each tenant at once. Calls that come during a read share the next one.
        foreach (var batch in tokens.Chunk(25)) statuses.AddRange(await Task.WhenAll(batch.Concat(batch).Select(one => service.StatusAsync(one.Tenant, one.Token))));

        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
        var after = await redis.CommandCountsAsync();
        (after["zmscore"] - before["zmscore"]).ShouldBeInRange(1, Tenants);
        (Sum(after) - after["zmscore"]).ShouldBe(Sum(before) - before["zmscore"]);
        var known = service.Provider.Tenants!;
        tokens.Count(one => known.Known(one.Tenant) is not null).ShouldBeInRange(1, 100);
        (await redis.CliAsync("EXISTS", "{rewt:rewt-secret}:tenants")).ShouldBe("0");
    }

    [Fact]
    public async Task Polling_reads_only_the_changed_one_of_ten_thousand_active_tenants()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        // The instances read all tenants every 30 seconds, and a busy machine may need longer for this test.
        var clock = new SlowClock();
        await using var issuer = await TenantService.StartAsync(redis, PollHourly, builder => builder.Services.AddSingleton<TimeProvider>(clock), name: "login");
        await using var service = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromMilliseconds(100), builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var verifier = service.Services.GetRequiredService<IRewtTokens>();
        var tokens = new List<string>();
        foreach (var batch in Enumerable.Range(0, 10_000).Chunk(1000)) tokens.AddRange(await Task.WhenAll(batch.Select(tenant => issuer.SignAsync($"t{tenant}"))));
        foreach (var batch in tokens.Chunk(1000)) (await Task.WhenAll(batch.Select(token => verifier.VerifyBearerAsync(token, Cancellation)))).ShouldAllBe(result => result.IsValid);

        var before = await redis.CommandCountsAsync();
        await Eventually.TrueAsync(async () => (await redis.CommandCountsAsync())["getrange"] >= before["getrange"] + 5, "the ring is polled");
        (await redis.CommandCountsAsync())["zmscore"].ShouldBe(before["zmscore"]);

        await issuer.Tenants.RevokeTenantAsync("t7", Cancellation);
        await Eventually.TrueAsync(async () => !(await verifier.VerifyBearerAsync(tokens[7], Cancellation)).IsValid, "the revocation arrives");

        var after = await redis.CommandCountsAsync();
        // The revocation reads the tenant, and its scores before the write; each of the two instances lists the writes and reads the changed tenant.
        (after["zmscore"] - before["zmscore"]).ShouldBeInRange(3, 4);
        (after["lrange"] - before.GetValueOrDefault("lrange")).ShouldBeInRange(1, 2);
        (await Task.WhenAll(tokens.Select(token => verifier.VerifyBearerAsync(token, Cancellation)).ToList())).Count(result => result.IsValid).ShouldBe(9_999);
        (await redis.CommandCountsAsync())["zmscore"].ShouldBeInRange(before["zmscore"] + 3, before["zmscore"] + 4);
    }

    [Fact]
    public async Task Signing_and_verifying_for_a_tenant_send_no_Redis_command_in_steady_state()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var host = await TenantService.StartAsync(redis, PollHourly);
        (await host.StatusAsync("acme", await host.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);
        await redis.WaitForStartupAsync(keyRings: 1);
        var before = await redis.CommandCountsAsync();

        for (var call = 0; call < 200; call++) (await host.StatusAsync("acme", await host.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);

        Sum(await redis.CommandCountsAsync()).ShouldBe(Sum(before));
    }

    [Fact]
    public async Task Known_tenants_are_served_during_an_outage_and_unknown_tenants_get_503()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        await using var cold = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        var (token, unknown) = (await host.SignAsync("acme"), await host.SignAsync("globex"));
        (await host.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        (await cold.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);

        await redis.KillAsync();
        for (var call = 0; call < 20; call++)
        {
            (await host.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
            (await cold.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
            using var answer = await cold.OrdersAsync("globex", unknown);
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter.ShouldNotBeNull();
            answer.Headers.WwwAuthenticate.ShouldBeEmpty();
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }

        await redis.RestartAsync();
        await Eventually.TrueAsync(
            async () => await cold.StatusAsync("globex", unknown) == HttpStatusCode.Unauthorized, "Redis has restarted without data");
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return await cold.StatusAsync("acme", await host.SignAsync("acme")) == HttpStatusCode.OK;
                }
                catch (RewtKeysUnavailableException)
                {
                    return false;
                }
            },
            "tokens of the new secret are accepted");
    }

    /// <summary>A clock that runs at a tenth of the speed, with the timers of the system.</summary>
    private sealed class SlowClock : TimeProvider
    {
        private readonly DateTimeOffset _start = System.GetUtcNow();
        private readonly long _startTimestamp = System.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => _start + (System.GetElapsedTime(_startTimestamp) / 10);

        public override long GetTimestamp() => _startTimestamp + ((System.GetTimestamp() - _startTimestamp) / 10);
    }

    private static void PollHourly(RewtOptions options) => options.RefreshInterval = TimeSpan.FromHours(1);

    private static long Sum(IReadOnlyDictionary<string, long> counts) => Reads.Sum(command => counts.GetValueOrDefault(command));
}
