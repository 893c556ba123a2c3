namespace Rewt.Tests.Tenants;

public sealed class TenantAclTests
{
    [Fact]
    public async Task The_documented_rights_are_enough_for_tenants()
    {
        Require.RealRedis();
        var document = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Path, "docs", "redis.md"), Cancellation);
        var rules = document.Single(line => line.StartsWith("~rewt:", StringComparison.Ordinal)).Split(' ');
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        // The client library at hand knows no user names, so the rules are the default user's; this connection has its rights still.
        await operations.CommandAsync(["ACL", "SETUSER", "default", "resetkeys", "resetchannels", "nocommands", "+acl", .. rules, "~{rewt:*", "+hmget"]);

        await using var host = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromMilliseconds(200));
        var token = await host.SignAsync("acme");
        for (var call = 0; call < 10; call++)
        {
            (await host.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }

        await host.Tenants.RevokeTenantAsync("acme", Cancellation);
        await host.Tenants.DeleteTenantAsync("acme", Cancellation);

        ((object?[])(await operations.CommandAsync("ACL", "LOG"))!).ShouldBeEmpty();
    }
}
