namespace Rewt.Tests.Tenants;

public sealed class TenantJunkTests
{
    [Fact]
    public Task Two_thousand_random_tenants_at_500_a_second_create_nothing_cost_two_reads_a_second_and_refuse_no_good_token() => FloodAsync(turns: 40);

    [Fact]
    [Trait("Category", "Long")]
    public Task Ten_thousand_random_tenants_at_500_a_second_create_nothing_cost_two_reads_a_second_and_refuse_no_good_token() => FloodAsync(turns: 200);

    [Theory]
    [InlineData("rewt-secret")]
    [InlineData("..")]
    [InlineData("tenant-that-is-not-there")]
    public async Task Verifying_for_a_tenant_that_does_not_exist_creates_nothing(string tenant)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await TenantService.StartAsync(redis);
        var forge = new TokenForge(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).Claim("tenant", $"\"{tenant}\"");

        (await host.Tenants.Tokens(tenant).VerifyBearerAsync(forge.Token, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
        await host.Tenants.RevokeTenantAsync(tenant, Cancellation);
        await host.Tenants.DeleteTenantAsync(tenant, Cancellation);

        (await redis.DbSizeAsync()).ShouldBe(0);
    }

    private static async Task FloodAsync(int turns)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var host = await TenantService.StartAsync(redis);
        var good = await host.SignAsync("acme");
        (await host.StatusAsync("acme", good)).ShouldBe(HttpStatusCode.OK);
        var forge = new TokenForge(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var size = await redis.DbSizeAsync();
        var before = await redis.CommandCountsAsync();
        var started = TimeProvider.System.GetTimestamp();

        var flood = new List<Task<HttpStatusCode>>();
        for (var turn = 1; turn <= turns; turn++)
        {
            for (var call = 0; call < 50; call++)
            {
                var tenant = Guid.NewGuid().ToString("N");
                flood.Add(host.StatusAsync(tenant, forge.Claim("tenant", $"\"{tenant}\"").Claim("exp", forge.Now + 200).Token));
            }

            (await host.StatusAsync("acme", good)).ShouldBe(HttpStatusCode.OK);
            var wait = TimeSpan.FromMilliseconds(100 * turn) - TimeProvider.System.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, TimeProvider.System, Cancellation);
        }

        foreach (var status in await Task.WhenAll(flood)) status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.ServiceUnavailable);
        // The time after the counts: on a slow machine they may be no lower.
        var after = await redis.CommandCountsAsync();
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        (await redis.DbSizeAsync()).ShouldBe(size);
        Count("exists").ShouldBeInRange(1, (2 * (long)seconds) + 2, "two looks a second, whatever is asked");
        Count("getrange").ShouldBeLessThan((long)seconds + 4, "the poll of the one tenant there is");
        Count("evalsha").ShouldBe(0);
        (await host.StatusAsync("acme", good)).ShouldBe(HttpStatusCode.OK);

        long Count(string command) => after.GetValueOrDefault(command) - before.GetValueOrDefault(command);
    }
}
