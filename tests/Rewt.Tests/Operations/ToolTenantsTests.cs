using Rewt.Tests.Tenants;

namespace Rewt.Tests.Operations;

/// <summary>Tests <c>rewt tenants</c>.</summary>
public sealed class ToolTenantsTests
{
    [Fact]
    public async Task A_tenant_is_revoked_deleted_listed_and_created_again()
    {
        await using var redis = await RedisServer.StartAsync();
        Task<ToolRun> Run(string command) => ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString, "--namespace", "users"]);
        async Task<IEnumerable<string>> ListAsync() => (await Run("tenants list -o json")).Succeeds().Json.GetProperty("tenants").EnumerateArray()
            .Select(tenant => $"{tenant.GetProperty("tenant").GetString()} {tenant.GetProperty("state").GetString()}");

        (await Run("tenants delete acme --yes")).Fails(9, "users");
        // The interval is longer than the test waits, so that only a push can be the cause.
        await using var service = await TenantService.StartAsync(redis, options => (options.Namespace, options.RefreshInterval) = ("users", TimeSpan.FromMinutes(5)));
        var token = await service.SignAsync("acme");
        (await service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        (await ListAsync()).ShouldBeEmpty();
        (await Run($"token verify {token}")).Succeeds();
        (await Run($"token explain {token}")).Succeeds().Output.ShouldContain("No check failed.");
        var created = (await Run("token create --tenant acme --audience inventory")).Succeeds().Output.Trim();
        (await service.StatusAsync("acme", created)).ShouldBe(HttpStatusCode.OK);

        (await Run("tenants revoke blue")).Fails(2, "--yes");
        (await Run("tenants revoke blue --yes")).Succeeds();
        (await Run("tenants delete acme --yes")).Succeeds();
        (await ListAsync()).ShouldBe(["acme deleted", "blue revoked"]);
        (await Run($"token verify {token}")).Fails(5, "RevokedTenant", "'acme' is deleted");
        (await Run("token create --tenant acme")).Fails(4, "deleted");
        (await Run("token create")).Fails(2, "--tenant");
        (await Run("tenants list")).Succeeds().Output.ShouldContain("acme");
        await Eventually.TrueAsync(async () => await service.StatusAsync("acme", token) == HttpStatusCode.Unauthorized, "the service refuses the token");
        service.Log.Text.ShouldMatch("TenantFollowed: The tenant acme of the ring users was changed by .*rewt");

        (await Run("tenants create acme")).Succeeds();
        (await ListAsync()).ShouldBe(["acme revoked", "blue revoked"]);
        await Eventually.TrueAsync(() => service.Services.GetRequiredService<KeyRingRegistry>().Provider("users").Tenants!.Known("acme") is { State.IsDeleted: false }, "the service has read the new state");
        (await service.StatusAsync("acme", await service.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);
        (await Run("tenants create a:b")).ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("tenants", "tenants list")]
    [InlineData("tenants-log", "tenants revoke acme --yes")]
    public async Task An_invalid_Redis_key_of_the_tenants_is_reported_with_the_solution(string key, string command)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Faults.Instance.StartWarmAsync(redis.ConnectionString);
        await redis.SetAsync($"{{rewt:rewt-secret}}:{key}", "a string");

        (await ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString])).Fails(4, $"'{{rewt:rewt-secret}}:{key}'", "DEL");
    }
}
