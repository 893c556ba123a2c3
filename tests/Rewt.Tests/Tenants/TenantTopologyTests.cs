namespace Rewt.Tests.Tenants;

/// <summary>Tests tenants in a Redis cluster and within one process.</summary>
public sealed class TenantTopologyTests
{
    [Fact]
    public async Task A_tenant_deletion_reaches_every_instance_in_a_Redis_cluster()
    {
        Require.RealRedis();
        await using var cluster = await ClusterOfThree.StartAsync();
        await using var issuer = await TenantService.StartAsync(cluster.Masters[0], options => options.Redis = cluster.ConnectionString, name: "login");
        await using var service = await TenantService.StartAsync(cluster.Masters[0], options => options.Redis = cluster.ConnectionString);
        var (acme, globex) = (await issuer.SignAsync("acme"), await issuer.SignAsync("globex"));
        (await service.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.OK);

        await issuer.Tenants.DeleteTenantAsync("acme", Cancellation);

        await Eventually.TrueAsync(async () => await service.StatusAsync("acme", acme) == HttpStatusCode.Unauthorized, "the other instance detects the deletion");
        (await service.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);
    }
}
