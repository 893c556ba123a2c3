namespace Rewt.Tests.Tenants;

public sealed class TenantAclTests
{
    [Fact]
    public async Task The_documented_rights_are_enough_for_tenants()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await operations.RestrictAsync([.. await Acl.DocumentedAsync()]);

        await using var host = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromMilliseconds(200));
        var token = await host.SignAsync("acme");
        for (var call = 0; call < 10; call++)
        {
            (await host.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }

        await host.Tenants.RevokeTenantAsync("acme", Cancellation);
        await host.Tenants.DeleteTenantAsync("acme", Cancellation);

        (await operations.DenialsAsync()).ShouldBeEmpty();
    }
}
