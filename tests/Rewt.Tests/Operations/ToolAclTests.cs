namespace Rewt.Tests.Operations;

/// <summary>Tests <c>rewt acl</c>: the printed permissions are sufficient and not wider than the role needs.</summary>
public sealed class ToolAclTests
{
    [Fact]
    public async Task The_rights_of_a_signer_match_the_Redis_page()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Path, "docs", "redis.md"), Cancellation);
        var json = (await ToolRun.RunAsync("acl", "--role", "signer", "-o", "json")).Succeeds().Json;

        json.GetProperty("rules").EnumerateArray().Select(rule => rule.GetString()).ShouldBe(page.Single(line => line.StartsWith("~rewt:", StringComparison.Ordinal)).Split(' '));
        json.GetProperty("command").GetString().ShouldStartWith("ACL SETUSER rewt-signer reset on ~rewt:rewt-secret ");
    }

    [Fact]
    public async Task The_rights_for_key_pairs_match_the_key_pairs_page()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "key-pairs.md"), Cancellation);
        page.ShouldContain($"\n{string.Join(' ', RedisRights.OfPairs("signer", new("rewt", "orders")))}\n", Case.Sensitive);

        (await ToolRun.RunAsync("acl", "--role", "signer", "--key-pairs")).Fails(2, "--service");
        (await ToolRun.RunAsync("acl", "--role", "signer", "--key-pairs", "--service", "orders")).Succeeds().Output.ShouldStartWith("ACL SETUSER orders reset on %R~{rewt:rewt-keys}:* ~{rewt:rewt-keys}:orders:*");
    }

    [Fact]
    public async Task The_rights_of_an_operator_allow_every_command()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await using var operations = await redis.ConnectAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.Namespace = "shop");
        await operations.RestrictAsync([.. RedisRights.Of("operator", "shop")]);

        foreach (var command in new[] { "keys list", "keys rotate", "keys revoke current --yes --wait", "token create", "doctor", "watch --changes 1" })
        {
            (await ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString, "--namespace", "shop"])).Succeeds();
        }

        (await operations.DenialsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_rights_of_an_operator_for_key_pairs_allow_every_command_for_key_pairs()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await using var operations = await redis.ConnectAsync();
        await using var running = await Instance.StartWarmAsync(redis.ConnectionString, options => (options.KeyMode, options.ServiceName) = (KeyMode.KeyPair, "billing"));
        await running.WaitUntilAnnouncedAsync();
        var stopped = await Instance.StartWarmAsync(redis.ConnectionString, options => (options.KeyMode, options.ServiceName) = (KeyMode.KeyPair, "orders"));
        var (keyId, token) = (await stopped.CurrentAsync(), await running.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation));
        await stopped.DisposeAsync();
        // The running service keeps its own login, because a service whose write was denied attempts no write for a minute.
        await operations.CommandAsync(["ACL", "SETUSER", "operator", "on", ">password", .. RedisRights.OfPairs("operator", new("rewt", string.Empty))]);
        Task<ToolRun> Run(string command) => ToolRun.RunAsync([.. command.Split(' '), "--redis", $"{redis.ConnectionString},user=operator,password=password"]);

        (await Run("keys list")).Succeeds().Output.ShouldContain(keyId, Case.Sensitive, "the keys of a service without instances are listed");
        (await Run($"keys revoke {keyId} --yes --wait 60")).Succeeds().Errors.ShouldContain("Every live instance has dropped it");
        (await Run($"token verify {token}")).Succeeds();
        (await Run("doctor")).Succeeds();
        (await Run("keys rotate")).Fails(6, "sign with key pairs");
        (await Run("watch --changes 1")).Fails(6, "sign with key pairs");
    }

    [Fact]
    public async Task The_rights_of_an_operator_for_key_pairs_allow_managing_apps_but_not_publishing_keys()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await operations.RestrictAsync([.. RedisRights.OfPairs("operator", new("rewt", string.Empty))]);

        foreach (var command in new[] { "add acme --audience orders", "rotate acme", "list", "revoke acme --yes" })
        {
            (await ToolRun.RunAsync(["apps", .. command.Split(' '), "--redis", redis.ConnectionString])).Succeeds();
        }

        (await operations.DenialsAsync()).ShouldBeEmpty();
        await using var login = await redis.ConnectAsync();
        (await Should.ThrowAsync<RespException>(() => login.CommandAsync("HSET", "{rewt:rewt-keys}:orders:keys", "x", "y"))).Message.ShouldContain("NOPERM");
    }

    [Fact]
    public async Task The_rights_for_a_namespace_do_not_include_the_namespaces_below_it()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        foreach (var role in RedisRights.Roles)
        {
            await operations.RestrictAsync([.. RedisRights.Of(role, "shop"), "+get"]);
            await using var login = await redis.ConnectAsync();

            if (role != "verifier") await login.CommandAsync("GET", "shop:rewt-secret");
            (await Should.ThrowAsync<RespException>(() => login.CommandAsync("GET", "shop:payments:rewt-secret"), role)).Message.ShouldContain("NOPERM");
        }
    }

    [Fact]
    public async Task The_rights_of_a_verifier_allow_reading_the_ring_but_not_changing_it()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await using var operations = await redis.ConnectAsync();
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString, options => options.Namespace = "shop");
        var token = await signer.SignAsync();
        var oneTimeToken = await signer.Tokens.CreateMessageBearerAsync(default, oneTime: true, cancellationToken: Cancellation);
        await operations.RestrictAsync([.. RedisRights.Of("verifier", "shop")]);
        await using var verifier = await Instance.StartWarmAsync(redis.ConnectionString, options => options.Namespace = "shop");

        (await verifier.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await verifier.Tokens.VerifyMessageAsync(oneTimeToken, default, Cancellation)).Refusal.ShouldBe(RewtRefusal.None);
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => verifier.Ring.RotateAsync(Cancellation));
        await Should.ThrowAsync<RewtKeysUnavailableException>(async () => await verifier.Ring.RevokeAsync(await signer.CurrentAsync(), Cancellation));
        (await verifier.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        // The denied permissions are intended for this role and cause no warning.
        var doctor = await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "--namespace", "shop", "-o", "json");
        doctor.Json.GetProperty("findings").EnumerateArray().ShouldAllBe(finding => finding.GetProperty("severity").GetString() != "warning");
    }

    [Fact]
    public void Every_role_has_rights_for_its_own_namespace_only()
    {
        foreach (var role in RedisRights.Roles)
        {
            var rules = RedisRights.Of(role, "shop");
            rules.Where(rule => rule[0] is '~' or '%' or '&').ShouldAllBe(rule => rule.Contains("shop:", StringComparison.Ordinal));
            rules.ShouldNotContain(rule => rule.Contains('@', StringComparison.Ordinal) || rule == "allkeys" || rule == "~*");
        }
    }
}
