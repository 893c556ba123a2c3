namespace Rewt.Tests.Operations;

/// <summary><c>rewt apps</c>.</summary>
public sealed class ToolAppsTests
{
    [Fact]
    public async Task An_app_is_added_shown_and_revoked_and_its_key_is_shown_once()
    {
        await using var redis = await RedisServer.StartAsync();
        Task<ToolRun> Run(string command) => ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString]);

        var added = (await Run("apps add acme --name Acme --audience inventory --audience orders --scope read --expires-in 30")).Well();
        var key = added.Output.Trim();
        key.ShouldStartWith("rewt_acme_");
        key.ShouldNotContain("\n");

        var listed = (await Run("apps list -o json --show-secret")).Well();
        var app = listed.Json.GetProperty("apps")[0];
        app.GetProperty("id").GetString().ShouldBe("acme");
        app.GetProperty("audiences").EnumerateArray().Select(one => one.GetString()).ShouldBe(["inventory", "orders"]);
        app.GetProperty("keys").GetArrayLength().ShouldBe(1);
        (listed.Output + (await Run("apps list")).Well().Output).ShouldNotContain(key);

        (await Run("apps add acme --audience inventory")).Fails(6, "rewt apps rotate acme");
        var second = (await Run("apps rotate acme -o json")).Well().Json;
        second.GetProperty("key").GetString()!.ShouldStartWith("rewt_acme_");
        (await Run("apps rotate acme")).Fails(6, "two live keys");

        (await Run("apps revoke acme")).Fails(2, "--yes");
        (await Run($"apps revoke acme --key {second.GetProperty("keyId").GetString()} --yes")).Well();
        (await Run("apps revoke acme --yes")).Well().Output.ShouldContain("all keys");
        (await Run("apps list")).Well().Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task A_name_that_is_no_app_is_reported_with_the_next_step()
    {
        await using var redis = await RedisServer.StartAsync();

        (await ToolRun.RunAsync("apps", "revoke", "missing", "--yes", "--redis", redis.ConnectionString)).Fails(6, "rewt apps list");
        (await ToolRun.RunAsync("apps", "add", "acme", "--redis", redis.ConnectionString)).Fails(2, "--audience");
        (await ToolRun.RunAsync("apps", "add", "a b", "--audience", "inventory", "--redis", redis.ConnectionString)).ExitCode.ShouldBe(2);
        (await ToolRun.RunAsync("apps", "list", "--redis", redis.ConnectionString)).Well();
        (await redis.DbSizeAsync()).ShouldBe(0);
    }
}
