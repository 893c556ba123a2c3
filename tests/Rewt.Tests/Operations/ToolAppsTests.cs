namespace Rewt.Tests.Operations;

/// <summary>Tests <c>rewt apps</c>.</summary>
public sealed class ToolAppsTests
{
    [Fact]
    public async Task An_app_is_added_listed_and_revoked_and_its_key_is_shown_once()
    {
        await using var redis = await RedisServer.StartAsync();
        Task<ToolRun> Run(string command) => ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString]);

        var added = (await Run("apps add acme --name Acme --audience inventory --audience orders --scope read --expires-in 30")).Succeeds();
        var key = added.Output.Trim();
        key.ShouldStartWith("rewt_acme_");
        key.ShouldNotContain("\n");

        var listed = (await Run("apps list -o json --show-secret")).Succeeds();
        var app = listed.Json.GetProperty("apps")[0];
        app.GetProperty("id").GetString().ShouldBe("acme");
        app.GetProperty("audiences").EnumerateArray().Select(one => one.GetString()).ShouldBe(["inventory", "orders"]);
        app.GetProperty("keys").GetArrayLength().ShouldBe(1);
        (listed.Output + (await Run("apps list")).Succeeds().Output).ShouldNotContain(key);

        (await Run("apps add acme --audience inventory")).Fails(6, "rewt apps rotate acme");
        var second = (await Run("apps rotate acme -o json")).Succeeds().Json;
        second.GetProperty("key").GetString()!.ShouldStartWith("rewt_acme_");
        (await Run("apps rotate acme")).Fails(6, "two live keys");

        (await Run("apps revoke acme")).Fails(2, "--yes");
        (await Run($"apps revoke acme --key {second.GetProperty("keyId").GetString()} --yes")).Succeeds();
        (await Run("apps revoke acme --yes")).Succeeds().Output.ShouldContain("all keys");
        (await Run("apps list")).Succeeds().Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task A_whole_API_key_revokes_its_key_and_is_not_printed()
    {
        await using var redis = await RedisServer.StartAsync();
        Task<ToolRun> Run(string command) => ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString]);
        var added = (await Run("apps add acme --audience inventory -o json")).Succeeds().Json;
        var (key, keyId) = (added.GetProperty("key").GetString()!, added.GetProperty("keyId").GetString()!);

        var malformed = (await Run($"apps revoke acme --key {key[..^1]}- --yes")).Fails(6, "has no key");
        var revoked = (await Run($"apps revoke acme --key {key} --yes")).Succeeds();

        revoked.Output.ShouldContain(keyId);
        foreach (var run in new[] { malformed, revoked }) (run.Output + run.Errors).ShouldNotContain(key[..40]);
        (await Run("apps list")).Succeeds().Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task An_invalid_apps_command_is_refused_and_writes_nothing()
    {
        await using var redis = await RedisServer.StartAsync();

        (await ToolRun.RunAsync("apps", "revoke", "missing", "--yes", "--redis", redis.ConnectionString)).Fails(6, "rewt apps list");
        (await ToolRun.RunAsync("apps", "add", "acme", "--redis", redis.ConnectionString)).Fails(2, "--audience");
        (await ToolRun.RunAsync("apps", "add", "a b", "--audience", "inventory", "--redis", redis.ConnectionString)).ExitCode.ShouldBe(2);
        (await ToolRun.RunAsync("apps", "list", "--redis", redis.ConnectionString)).Succeeds();
        (await redis.DbSizeAsync()).ShouldBe(0);
    }
}
