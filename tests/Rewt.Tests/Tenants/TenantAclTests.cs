namespace Rewt.Tests.Tenants;

public sealed class TenantAclTests
{
    [Theory]
    [InlineData("")]
    [InlineData("-eval -evalsha +watch +unwatch")]
    public async Task The_documented_ACL_is_sufficient_for_tenants_with_and_without_scripts(string changed)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await operations.RestrictAsync([.. await Acl.DocumentedAsync(), .. changed.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        await using var host = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromMilliseconds(200));
        var token = await host.SignAsync("acme");
        (await host.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);

        await host.Tenants.RevokeTenantAsync("acme", Cancellation);
        await host.Tenants.DeleteTenantAsync("globex", Cancellation);
        await host.Services.GetRequiredService<IRewtKeyRing>().RotateAsync(Cancellation);

        (await host.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.StatusAsync("acme", await host.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);
        (await operations.DenialsAsync()).Where(denial => changed.Length == 0 || !denial.Contains("eval", StringComparison.Ordinal)).ShouldBeEmpty();
        await operations.RestrictAsync("allkeys", "allchannels", "+@all");
        (await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "tenants")).Length.ShouldBe(KeyId.Length, "a write of the ring keeps the stamp of the tenants");
    }

    [Fact]
    public async Task A_verifier_detects_tenant_changes_but_cannot_make_them()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var issuer = await TenantService.StartAsync(redis, name: "login");
        var token = await issuer.SignAsync("acme");
        await using var operations = await redis.ConnectAsync();
        await operations.RestrictAsync([.. RedisRights.Of("verifier", "rewt")]);
        await using var verifier = await TenantService.StartAsync(redis);
        (await verifier.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        (await operations.DenialsAsync()).Where(denial => denial.Contains("tenants", StringComparison.Ordinal) || denial.Contains("zmscore", StringComparison.Ordinal)).ShouldBeEmpty();

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => verifier.Tenants.RevokeTenantAsync("acme", Cancellation));
        (await verifier.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        await operations.RestrictAsync("allkeys", "allchannels", "+@all");
        await issuer.Tenants.RevokeTenantAsync("acme", Cancellation);

        await Eventually.TrueAsync(async () => await verifier.StatusAsync("acme", token) == HttpStatusCode.Unauthorized, "the verifier detects the revocation");
    }
}
