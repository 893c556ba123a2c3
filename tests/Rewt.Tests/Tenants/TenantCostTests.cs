namespace Rewt.Tests.Tenants;

/// <summary>What tenants cost Redis and this process.</summary>
public sealed class TenantCostTests
{
    [Fact]
    public async Task Unused_tenants_cost_Redis_nothing_and_those_in_use_a_poll_each()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var host = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromMilliseconds(400));
        for (var tenant = 0; tenant < 200; tenant++) await host.SignAsync($"t{tenant}");

        var used = await host.SignAsync("t7");
        await Eventually.TrueAsync(
            async () =>
            {
                (await host.StatusAsync("t7", used)).ShouldBe(HttpStatusCode.OK);
                var before = await ReadsAsync(redis);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Cancellation);
                return await ReadsAsync(redis) - before <= 5;
            },
            "only the one in use is read");

        await Eventually.TrueAsync(
            async () =>
            {
                var before = await ReadsAsync(redis);
                await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancellation);
                return await ReadsAsync(redis) == before;
            },
            "none is in use and none is read");
        (await host.StatusAsync("t7", used)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task In_steady_state_signing_and_verifying_for_a_tenant_send_Redis_nothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var host = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromHours(1));
        (await host.StatusAsync("acme", await host.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);
        var before = await ReadsAsync(redis);

        for (var call = 0; call < 200; call++) (await host.StatusAsync("acme", await host.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);

        (await ReadsAsync(redis)).ShouldBe(before);
    }

    [Fact]
    public async Task More_tenants_than_the_cache_holds_all_work_and_no_more_are_held()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await TenantService.StartAsync(redis, options => options.TenantCacheSize = 16);
        var tokens = new Dictionary<string, string>();
        for (var tenant = 0; tenant < 60; tenant++) tokens[$"t{tenant}"] = await host.SignAsync($"t{tenant}");

        for (var round = 0; round < 2; round++)
        {
            foreach (var (tenant, token) in tokens) (await host.StatusAsync(tenant, token)).ShouldBe(HttpStatusCode.OK);
        }

        var rings = host.Services.GetRequiredService<KeyRingRegistry>().Tenants("rewt")!;
        tokens.Keys.Count(tenant => rings.Known(tenant) is not null).ShouldBe(16);
    }

    [Fact]
    public async Task A_thousand_tenants_that_are_new_to_an_instance_are_all_served_at_once()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var issuer = await TenantService.StartAsync(redis);
        await using var service = await TenantService.StartAsync(redis);
        var tokens = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async tenant => (Tenant: $"t{tenant}", Token: await issuer.SignAsync($"t{tenant}"))));

        var statuses = await Task.WhenAll(tokens.Select(one => service.StatusAsync(one.Tenant, one.Token)));

        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Forged_hints_in_a_flood_cost_two_reads_a_second()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var host = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromHours(1));
        (await host.StatusAsync("acme", await host.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => await redis.CliAsync("PUBLISH", "{rewt:rewt-secret}:tenants", "x") == "1", "the instance listens");
        await using var attacker = await redis.ConnectAsync();
        var (before, started) = (await ReadsAsync(redis), TimeProvider.System.GetTimestamp());

        for (var message = 0; message < 3000; message++)
        {
            await attacker.CommandAsync("PUBLISH", "{rewt:rewt-secret}:tenants", (message % 3) switch { 0 => "acme", 1 => $"nobody{message}", _ => "no name: {*}" });
        }

        (await ReadsAsync(redis) - before).ShouldBeInRange(1, (2 * (long)TimeProvider.System.GetElapsedTime(started).TotalSeconds) + 3);
        (await redis.CommandCountsAsync()).GetValueOrDefault("exists").ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Known_tenants_go_on_through_an_outage_and_unknown_ones_get_503_until_it_ends()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        var token = await host.SignAsync("acme");
        (await host.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        var unknown = await host.SignAsync("globex");
        await using var cold = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));

        await redis.KillAsync();
        for (var call = 0; call < 20; call++)
        {
            (await host.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
            using var answer = await cold.OrdersAsync("globex", unknown);
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter.ShouldNotBeNull();
            answer.Headers.WwwAuthenticate.ShouldBeEmpty();
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }

        host.Services.GetRequiredService<KeyRingRegistry>().Health(string.Empty).Single().DegradedReason.ShouldNotBeNull().ShouldContain("Check Redis");

        await redis.RestartAsync();
        await Eventually.TrueAsync(() => host.Services.GetRequiredService<KeyRingRegistry>().Health(string.Empty).Single() == new RingHealth(true, null), "all is well");
        await Eventually.TrueAsync(
            async () => await cold.StatusAsync("globex", unknown) == HttpStatusCode.Unauthorized, "the server is back, and empty");
        await Eventually.TrueAsync(
            async () => await TrySignAsync(host) is { } fresh && await cold.StatusAsync("acme", fresh) == HttpStatusCode.OK, "signing makes the ring anew");

        static async Task<string?> TrySignAsync(TestService host)
        {
            try
            {
                return await host.SignAsync("acme");
            }
            catch (RewtKeysUnavailableException)
            {
                return null;
            }
        }
    }

    /// <summary>Looks at a ring, whole ones and short ones.</summary>
    private static async Task<long> ReadsAsync(RedisServer redis) => (await redis.CommandCountsAsync()).GetValueOrDefault("getrange");
}
