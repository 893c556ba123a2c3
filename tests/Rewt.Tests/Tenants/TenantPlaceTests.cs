namespace Rewt.Tests.Tenants;

/// <summary>The same in a cluster, where the rings of tenants lie in many places, and within one process.</summary>
public sealed class TenantPlaceTests
{
    [Fact]
    public async Task In_a_cluster_the_rings_of_tenants_are_spread_and_all_are_found()
    {
        Require.RealRedis();
        await using var cluster = await ClusterOfThree.StartAsync();
        await using var issuer = await TenantService.StartAsync(cluster.Masters[0], options => options.Redis = cluster.ConnectionString, name: "login");
        await using var service = await TenantService.StartAsync(cluster.Masters[0], options => options.Redis = cluster.ConnectionString);
        var tokens = await Task.WhenAll(Enumerable.Range(0, 40).Select(async number => (Tenant: Name(number), Token: await issuer.SignAsync(Name(number)))));
        foreach (var master in cluster.Masters) (await master.DbSizeAsync()).ShouldBeGreaterThan(0);

        var statuses = await Task.WhenAll(tokens.Select(one => service.StatusAsync(one.Tenant, one.Token)));
        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
        var unknown = await Task.WhenAll(tokens.Select(one => service.StatusAsync("nobody", one.Token)));
        unknown.ShouldAllBe(status => status == HttpStatusCode.Unauthorized);

        await issuer.Tenants.DeleteTenantAsync(Name(7), Cancellation);
        await Eventually.TrueAsync(
            async () => await service.StatusAsync(Name(7), tokens[7].Token) == HttpStatusCode.Unauthorized, "the other instance knows");
        (await service.StatusAsync(Name(8), tokens[8].Token)).ShouldBe(HttpStatusCode.OK);

        // Names that differ in a digit may all lie in two of three places.
        static string Name(int number) => $"tenant-{number * 7919}";
    }

    [Fact]
    public async Task Within_one_process_tenants_need_no_server()
    {
        await using var host = await TenantService.StartAsync(null);
        var (acme, globex) = (await host.SignAsync("acme"), await host.SignAsync("globex"));

        (await host.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.OK);
        (await host.StatusAsync("globex", acme)).ShouldBe(HttpStatusCode.Unauthorized);
        await host.Tenants.RevokeTenantAsync("acme", Cancellation);
        (await host.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.StatusAsync("acme", await host.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);
        await host.Tenants.DeleteTenantAsync("globex", Cancellation);
        (await host.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.Unauthorized);
    }
}
