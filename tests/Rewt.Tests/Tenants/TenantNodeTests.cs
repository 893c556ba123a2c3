namespace Rewt.Tests.Tenants;

public sealed class TenantNodeTests
{
    [Fact]
    public async Task A_Node_service_of_the_tenants_namespace_verifies_what_we_sign_for_the_tenant()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await TenantService.StartAsync(redis);
        var token = await host.SignAsync("acme");
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString, "rewt:acme");
        await using var other = await NodeRewt.StartAsync(redis.ConnectionString, "rewt:globex");

        (await node.VerifyAsync(token)).Ok.ShouldBeTrue();
        (await other.VerifyAsync(token)).Ok.ShouldBeFalse();
    }

    [Fact]
    public async Task A_ring_that_Node_made_verifies_before_and_after_we_sign_with_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString, "rewt:acme");
        await using var host = await TenantService.StartAsync(redis, options => options.AcceptNodeTokens = true);
        var token = await node.SignAsync(new { tenant = "acme", userId = "u-42" });
        var size = await redis.DbSizeAsync();

        using var answer = await host.OrdersAsync("acme", token);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldBe("acme u-42");
        (await redis.DbSizeAsync()).ShouldBe(size, "verifying writes nothing");
        (await host.StatusAsync("acme", await node.SignAsync(new { userId = "u-42" }))).ShouldBe(HttpStatusCode.Unauthorized, "no tenant");
        (await host.StatusAsync("globex", await node.SignAsync(new { tenant = "globex" }))).ShouldBe(HttpStatusCode.Unauthorized, "another tenant");

        (await node.VerifyAsync(await host.SignAsync("acme"))).Ok.ShouldBeTrue("the secret that Node made is adopted");
        (await host.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
    }
}
