namespace Rewt.Tests.Operations;

/// <summary><c>rewt tenants</c>.</summary>
public sealed class ToolTenantsTests
{
    [Fact]
    public async Task A_tenant_is_created_listed_and_deleted()
    {
        await using var redis = await RedisServer.StartAsync();
        Task<ToolRun> Run(string command) => ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString, "--namespace", "users"]);

        (await Run("tenants list -o json")).Well().Json.GetProperty("tenants").GetArrayLength().ShouldBe(0);
        (await Run("tenants create acme")).Well();
        var secret = await redis.GetAsync("users:acme:rewt-secret");
        secret.ShouldNotBeNull();
        (await Run("tenants create acme")).Well();
        (await redis.GetAsync("users:acme:rewt-secret")).ShouldBe(secret, "one that is there stays as it is");
        (await Run("tenants create blue")).Well();

        (await Run("tenants list -o json")).Well().Json.GetProperty("tenants").EnumerateArray().Select(tenant => tenant.GetString()).ShouldBe(["acme", "blue"]);
        (await Run("tenants list")).Well().Output.ShouldNotContain(secret);
        (await Run("tenants delete acme")).Fails(2, "--yes");
        (await Run("tenants delete acme --yes")).Well();
        (await redis.GetAsync("users:acme:rewt-secret")).ShouldBeNull();
        (await Run("tenants delete acme --yes")).Fails(9, "rewt tenants list");
        (await Run("tenants create a:b")).ExitCode.ShouldBe(2);
    }
}
