using System.Security.Cryptography.X509Certificates;
using Rewt.Tests.Pairs;

namespace Rewt.Tests.Operations;

/// <summary>Tests <c>rewt keys</c> with running services.</summary>
public sealed class ToolKeysTests
{
    private const string Ring = "{rewt:rewt-secret}:ring";

    [Fact]
    public async Task Listing_keys_changes_nothing_and_shows_the_secret_only_on_request()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var current = await instance.CurrentAsync();
        var secret = (await redis.GetAsync("rewt:rewt-secret"))!;
        var version = await redis.CliAsync("HGET", Ring, "version");

        var table = (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString)).Succeeds();
        var json = (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString, "--output", "json")).Succeeds();
        var shown = (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString, "--output", "json", "--show-secret")).Succeeds();

        table.Output.ShouldContain(current);
        table.Output.ShouldContain("current");
        json.Json.GetProperty("keys")[0].GetProperty("keyId").GetString().ShouldBe(current);
        json.Json.GetProperty("keys")[0].GetProperty("state").GetString().ShouldBe("current");
        json.Json.GetProperty("keys")[1].GetProperty("state").GetString().ShouldBe("pending");
        shown.Json.GetProperty("keys")[0].GetProperty("secret").GetString().ShouldBe(secret);
        (table.Output + table.Errors + json.Output + json.Errors).ShouldNotContain(secret);
        (await redis.CliAsync("HGET", Ring, "version")).ShouldBe(version);
    }

    [Fact]
    public async Task Listing_succeeds_with_key_pairs_of_more_than_a_thousand_services()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await redis.ConnectAsync();
        for (var service = 0; service < 1_100; service++)
        {
            await connection.CommandAsync("SET", $"{{rewt:rewt-keys}}:service-{service}:epoch", "e");
            await connection.CommandAsync("HSET", $"{{rewt:rewt-keys}}:service-{service}:keys", "x", "no key");
        }

        (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString)).Succeeds();
    }

    [Fact]
    public async Task A_rotation_uses_the_settings_of_the_services_and_requires_force_during_the_overlap()
    {
        await using var redis = await RedisServer.StartAsync();
        // The tool has no configuration of this interval and reads the settings that the services have stored with the ring.
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RotationInterval = TimeSpan.FromMinutes(10));
        var (first, token) = (await instance.CurrentAsync(), await instance.SignAsync());

        var rotated = (await ToolRun.RunAsync("keys", "rotate", "--redis", redis.ConnectionString, "-o", "json")).Succeeds();

        var second = rotated.Json.GetProperty("keys")[0].GetProperty("keyId").GetString()!;
        second.ShouldNotBe(first);
        (await redis.PttlAsync("rewt:rewt-secret")).ShouldBeInRange(480_000, 600_000);
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None, "the old key verifies during the overlap");
        await Eventually.TrueAsync(async () => await instance.CurrentAsync() == second, "the service uses the new key");
        rotated.Json.GetProperty("changedBy").GetString()!.ShouldContain(Environment.UserName);
        await Eventually.TrueAsync(() => instance.Log.Text.Contains($"changed by {Environment.UserName}@", StringComparison.Ordinal), "the service logs the actor");

        (await ToolRun.RunAsync("keys", "rotate", "--redis", redis.ConnectionString)).Fails(6, "overlap", "--force", first);
        (await redis.GetAsync("rewt:rewt-secret")).ShouldNotBeNull();
        (await ToolRun.RunAsync("keys", "rotate", "--force", "--redis", redis.ConnectionString)).Succeeds().Output.ShouldContain(second);
    }

    [Fact]
    public async Task A_revocation_requires_confirmation_and_can_wait_for_the_instances()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var (current, token) = (await instance.CurrentAsync(), await instance.SignAsync());
        string[] revoke = ["keys", "revoke", current, "--redis", redis.ConnectionString];

        (await ToolRun.RunAsync(revoke)).Fails(2, "--yes", "Nothing was changed");
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await Eventually.TrueAsync(async () => await redis.CliAsync("ZCARD", "{rewt:rewt-secret}:instances") == "1", "the instance is registered");

        var revoked = (await ToolRun.RunAsync([.. revoke, "--yes", "--wait", "30", "-o", "json"])).Succeeds().Json;

        revoked.GetProperty("revoked").GetString().ShouldBe(current);
        revoked.GetProperty("confirmed").GetBoolean().ShouldBeTrue();
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey, "the command waited until the instance refused the key");
        (await ToolRun.RunAsync([.. revoke, "--yes"])).Succeeds().Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task A_revocation_reports_the_instance_that_does_not_confirm_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var epoch = await redis.CliAsync("HGET", Ring, "epoch");
        await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), $"orders/cut-off|{epoch}|1");

        var run = await ToolRun.RunAsync("keys", "revoke", "current", "--yes", "--wait", "1", "--redis", redis.ConnectionString);

        run.Fails(7, "orders/cut-off").Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task A_revocation_names_at_most_ten_instances_that_do_not_confirm_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using (await Instance.StartWarmAsync(redis.ConnectionString))
        {
        }

        var (epoch, now) = (await redis.CliAsync("HGET", Ring, "epoch"), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var index in Enumerable.Range(0, 13)) await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", now, $"orders/cut-off-{index}|{epoch}|1");

        var run = await ToolRun.RunAsync("keys", "revoke", "current", "--yes", "--wait", "1", "--redis", redis.ConnectionString);

        run.Fails(7, "and 3 more").Errors.Split("orders/cut-off").Length.ShouldBe(11);
    }

    [Fact]
    public async Task Key_pairs_can_be_listed_and_revoked_but_not_rotated_with_the_tool()
    {
        await using var redis = await RedisServer.StartAsync();
        // The interval is longer than the test waits, so that only a push can be the cause.
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => (options.KeyMode, options.RefreshInterval) = (KeyMode.KeyPair, TimeSpan.FromMinutes(5)));
        var token = await instance.SignAsync();
        var keyId = await instance.CurrentAsync();
        string[] server = ["--redis", redis.ConnectionString, "-o", "json"];
        await Eventually.TrueAsync(
            async () => await ToolRun.RunAsync(["keys", "list", .. server]) is { ExitCode: 0 } run && run.Output.Contains(keyId, StringComparison.Ordinal), "the instance is registered");

        var current = (await ToolRun.RunAsync(["keys", "list", .. server])).Succeeds().Json.GetProperty("keys").EnumerateArray().Single(key => key.GetProperty("keyId").GetString() == keyId);
        current.GetProperty("service").GetString().ShouldBe("fault");
        current.GetProperty("state").GetString().ShouldBe("current");
        (await ToolRun.RunAsync(["keys", "rotate", .. server])).Fails(6, "sign with key pairs");
        (await ToolRun.RunAsync(["keys", "revoke", keyId, .. server])).Fails(2, "--yes");
        (await ToolRun.RunAsync(["keys", "revoke", keyId, "--yes", .. server])).Succeeds();

        await Eventually.TrueAsync(async () => await instance.VerifyAsync(token) == RewtRefusal.StaleKey, "the key is revoked");
        instance.Log.Text.ShouldContain($"KeyActivated: Audit: key {keyId} of the ring rewt was activated by fault/");
    }

    [Fact]
    public async Task Certificates_of_key_pairs_are_listed_and_checked_on_request()
    {
        await using var redis = await RedisServer.StartAsync();
        using var directory = new ScratchDirectory();
        var root = TestAuthority.Root();
        var certificate = root.Issue("spiffe://prod.example/fault");
        await using var instance = await Instance.StartWarmAsync(
            redis.ConnectionString, options => (options.KeyMode, options.Identity.CertificateFactory) = (KeyMode.KeyPair, () => new X509Certificate2Collection(certificate)));
        string[] list = ["keys", "list", "--redis", redis.ConnectionString];

        (await ToolRun.RunAsync(list)).Succeeds().Output.ShouldContain("spiffe://prod.example/fault until");
        (await ToolRun.RunAsync(list)).Succeeds().Output.ShouldContain("(not checked)");
        string[] check = [.. list, "-o", "json", "--authorities"];
        var keys = (await ToolRun.RunAsync([.. check, directory.Write("ca.pem", root.Pem)])).Succeeds().Json.GetProperty("keys").EnumerateArray().ToList();
        keys.ShouldAllBe(key => key.GetProperty("attestedBy").GetString() == "spiffe://prod.example/fault");
        (await ToolRun.RunAsync([.. check, directory.Write("other.pem", TestAuthority.Root("other").Pem)])).Succeeds().Output.ShouldContain("its certificate is not accepted");

        // With the requirements of the services, the list shows which certificates the services refuse.
        string[] checkAll = [.. check, directory["ca.pem"]];
        (await ToolRun.RunAsync([.. checkAll, "--identity-name", "spiffe://prod.example/{service}"])).Succeeds().Output.ShouldNotContain("does not name the service");
        (await ToolRun.RunAsync([.. checkAll, "--identity-name", "{service}.shop.svc"])).Succeeds().Output.ShouldContain("its certificate does not name the service");
        (await ToolRun.RunAsync([.. checkAll, "--revocation-list", directory.Write("revoked.pem", root.Revoke(certificate))])).Succeeds().Output.ShouldContain("its certificate is revoked");
        (await ToolRun.RunAsync([.. list, "--revocation-list", directory["revoked.pem"]])).Fails(2, "--authorities");
    }

    [Fact]
    public async Task Key_pairs_of_stopped_instances_are_listed_and_revoked()
    {
        await using var redis = await RedisServer.StartAsync();
        var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.KeyMode = KeyMode.KeyPair);
        var keyId = await instance.CurrentAsync();
        await instance.DisposeAsync();
        await redis.DelAsync("{rewt:rewt-keys}:instances");
        string[] server = ["--redis", redis.ConnectionString, "-o", "json"];

        (await ToolRun.RunAsync(["keys", "list", .. server])).Succeeds().Output.ShouldContain(keyId);
        (await ToolRun.RunAsync(["keys", "revoke", keyId, "--yes", .. server])).Succeeds();

        (await redis.CliAsync("ZSCORE", "{rewt:rewt-keys}:dead", keyId)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_unpublished_key_pair_is_revoked_only_with_the_force_option()
    {
        await using var redis = await RedisServer.StartAsync();
        var keyId = PublishedPair.Generate().KeyId;
        string[] server = ["--redis", redis.ConnectionString, "-o", "json"];

        (await ToolRun.RunAsync(["keys", "revoke", keyId, "--yes", .. server])).Fails(9, "--force");
        (await ToolRun.RunAsync(["keys", "revoke", keyId, "--yes", "--force", .. server])).Succeeds();

        (await redis.CliAsync("ZSCORE", "{rewt:rewt-keys}:dead", keyId)).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("current")]
    [InlineData("pending")]
    public async Task A_secret_in_place_of_a_key_id_is_refused_with_its_key_id_and_not_stored(string state)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var keys = (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString, "--show-secret", "-o", "json")).Succeeds().Json.GetProperty("keys").EnumerateArray();
        var key = keys.Single(key => key.GetProperty("state").GetString() == state);
        var secret = key.GetProperty("secret").GetString()!;

        var run = (await ToolRun.RunAsync("keys", "revoke", secret, "--force", "--yes", "--redis", redis.ConnectionString)).Fails(2, $"rewt keys revoke {key.GetProperty("keyId").GetString()}");

        (run.Output + run.Errors).ShouldNotContain(secret);
        (await redis.CliAsync("EXISTS", "{rewt:rewt-keys}:dead")).ShouldBe("0");
    }

    [Fact]
    public async Task A_revocation_of_a_key_pair_is_kept_for_a_year()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var longer = TimeProvider.System.GetUtcNow().AddDays(300).ToUnixTimeMilliseconds();
        await connection.CommandAsync("ZADD", "{rewt:rewt-keys}:dead", longer, PublishedPair.Generate().KeyId);
        await connection.CommandAsync("PEXPIREAT", "{rewt:rewt-keys}:dead", longer);
        var keyId = PublishedPair.Generate().KeyId;

        (await ToolRun.RunAsync("keys", "revoke", keyId, "--yes", "--force", "--redis", redis.ConnectionString)).Succeeds();

        var forgetAt = double.Parse(await redis.CliAsync("ZSCORE", "{rewt:rewt-keys}:dead", keyId), CultureInfo.InvariantCulture);
        forgetAt.ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddDays(365).ToUnixTimeMilliseconds());
        (await redis.PttlAsync("{rewt:rewt-keys}:dead")).ShouldBeGreaterThan((long)TimeSpan.FromDays(365).TotalMilliseconds);
    }

    [Fact]
    public async Task A_revocation_of_a_key_pair_waits_for_instances_that_renew_their_entry_rarely()
    {
        await using var redis = await RedisServer.StartAsync();
        var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.KeyMode = KeyMode.KeyPair);
        var keyId = await instance.CurrentAsync();
        await instance.DisposeAsync();
        await redis.CommandAsync("ZADD", "{rewt:rewt-keys}:instances", TimeProvider.System.GetUtcNow().AddMinutes(-10).ToUnixTimeMilliseconds(), "fault/slow|epoch|1");

        (await ToolRun.RunAsync("keys", "revoke", keyId, "--yes", "--wait", "1", "--redis", redis.ConnectionString)).Fails(7, "fault/slow");
    }

    [Fact]
    public async Task A_denied_revocation_of_a_key_pair_names_the_missing_right()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await operations.RestrictAsync([.. RedisRights.OfPairs("verifier", new("rewt", string.Empty)), "~rewt:rewt-secret", "+zremrangebyscore", "+scan"]);

        (await ToolRun.RunAsync("keys", "revoke", PublishedPair.Generate().KeyId, "--yes", "--force", "--redis", redis.ConnectionString)).Fails(4, "may not write '{rewt:rewt-keys}:dead'");
    }

    [Fact]
    public async Task A_rotation_that_is_due_is_not_repeated_by_the_command()
    {
        await using var redis = await RedisServer.StartAsync();
        var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var current = await instance.CurrentAsync();
        await instance.DisposeAsync();
        var pending = States((await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString, "-o", "json")).Succeeds())["pending"];
        await redis.CommandAsync("HSET", Ring, "deadline", TimeProvider.System.GetUtcNow().AddSeconds(-1).ToUnixTimeMilliseconds());
        await redis.DelAsync("rewt:rewt-secret");

        var rotated = (await ToolRun.RunAsync("keys", "rotate", "--redis", redis.ConnectionString, "-o", "json")).Succeeds();

        States(rotated)["current"].ShouldBe(pending);
        States(rotated)["retired"].ShouldBe(current);
    }

    [Fact]
    public async Task A_rotation_is_not_reported_if_the_secret_becomes_unusable_before_it()
    {
        await using var redis = await RedisServer.StartAsync();
        var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        await instance.DisposeAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        var reads = 0;
        var isChecked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.DropFromServer = bytes =>
        {
            // The first two reads of the key ring precede the rotation. The third read is part of the rotation.
            if (Encoding.Latin1.GetString(bytes.Span).Contains("deadline", StringComparison.Ordinal) && ++reads == 2)
            {
                proxy.HoldResponses();
                isChecked.SetResult();
            }

            return false;
        };

        var rotation = ToolRun.RunAsync("keys", "rotate", "--force", "--redis", proxy.ConnectionString);
        await isChecked.Task.WaitAsync(Cancellation);
        await proxy.WaitUntilAnsweredAsync();
        await redis.SetAsync("rewt:rewt-secret", "short");
        proxy.ReleaseResponses();

        (await rotation).Fails(4, "'rewt:rewt-secret' cannot be used").Errors.ShouldNotContain("Rotated");
    }

    [Fact]
    public async Task An_unknown_or_malformed_key_id_is_not_revoked_by_mistake()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);

        (await ToolRun.RunAsync("keys", "revoke", "nonsense", "--yes", "--redis", redis.ConnectionString)).Fails(2, "'nonsense' is not a key id", "rewt keys list");
        (await ToolRun.RunAsync("keys", "revoke", "AAAAAAAAAAAAAAAAAAAAAA", "--yes", "--redis", redis.ConnectionString)).Fails(6, "has no key", "--force");
        (await ToolRun.RunAsync("keys", "revoke", "AAAAAAAAAAAAAAAAAAAAAA", "--yes", "--force", "--redis", redis.ConnectionString)).Succeeds();
    }

    // The second characters are those of options with one letter.
    [Theory]
    [InlineData("-nAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("-oAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("-yAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("--AAAAAAAAAAAAAAAAAAAA")]
    public async Task A_key_id_that_begins_with_a_hyphen_can_be_revoked(string keyId)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);

        (await ToolRun.RunAsync("keys", "revoke", keyId, "--yes", "--force", "--redis", redis.ConnectionString)).Succeeds();

        (await redis.CliAsync("ZSCORE", "{rewt:rewt-secret}:dead", keyId)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task No_command_creates_a_ring_in_an_empty_namespace()
    {
        await using var redis = await RedisServer.StartAsync();
        foreach (var command in new[] { "keys list", "keys rotate", "keys revoke current --yes", "token create" })
        {
            (await ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString, "--namespace", "nothing-here"])).Fails(9, "nothing-here", "--namespace");
        }

        (await redis.DbSizeAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Server_and_namespace_are_read_from_the_environment_and_overridden_by_options()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.Namespace = "shop");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["REWT_REDIS"] = redis.ConnectionString, ["REWT_NAMESPACE"] = "shop" };

        (await ToolRun.RunAsync(environment, null, "keys", "list", "-o", "json")).Succeeds().Json.GetProperty("keys")[0].GetProperty("keyId").GetString().ShouldBe(await instance.CurrentAsync());
        (await ToolRun.RunAsync(environment, null, "keys", "list", "--namespace", "other")).Fails(9, "other");
    }

    /// <summary>Returns the key ids of a list of keys by their states.</summary>
    private static Dictionary<string, string> States(ToolRun run) => run.Json.GetProperty("keys").EnumerateArray()
        .ToDictionary(key => key.GetProperty("state").GetString()!, key => key.GetProperty("keyId").GetString()!, StringComparer.Ordinal);
}
