using System.Security.Cryptography.X509Certificates;
using Rewt.Tests.Pairs;

namespace Rewt.Tests.Operations;

/// <summary><c>rewt keys</c> on a live fleet.</summary>
public sealed class ToolKeysTests
{
    private const string Ring = "{rewt:rewt-secret}:ring";

    [Fact]
    public async Task Listing_shows_the_ring_and_no_secret_unless_asked_and_changes_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var current = await instance.CurrentAsync();
        var secret = (await redis.GetAsync("rewt:rewt-secret"))!;
        var version = await redis.CliAsync("HGET", Ring, "version");

        var table = (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString)).Well();
        var json = (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString, "--output", "json")).Well();
        var shown = (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString, "--output", "json", "--show-secret")).Well();

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
    public async Task Key_pairs_of_more_services_than_a_process_may_ask_for_are_listed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await redis.ConnectAsync();
        for (var service = 0; service < 1_100; service++)
        {
            await connection.CommandAsync("SET", $"{{rewt:rewt-keys}}:service-{service}:epoch", "e");
            await connection.CommandAsync("HSET", $"{{rewt:rewt-keys}}:service-{service}:keys", "x", "no key");
        }

        (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString)).Well();
    }

    [Fact]
    public async Task A_rotation_moves_the_ring_by_the_services_settings_and_is_refused_within_the_overlap_unless_forced()
    {
        await using var redis = await RedisServer.StartAsync();
        // Of which the tool has no configuration: it finds what the services have left beside the ring.
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RotationInterval = TimeSpan.FromMinutes(10));
        var (first, token) = (await instance.CurrentAsync(), await instance.SignAsync());

        var rotated = (await ToolRun.RunAsync("keys", "rotate", "--redis", redis.ConnectionString, "-o", "json")).Well();

        var second = rotated.Json.GetProperty("keys")[0].GetProperty("keyId").GetString()!;
        second.ShouldNotBe(first);
        (await redis.PttlAsync("rewt:rewt-secret")).ShouldBeInRange(480_000, 600_000);
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None, "the old key verifies in the overlap");
        await Eventually.TrueAsync(async () => await instance.CurrentAsync() == second, "the service follows");
        rotated.Json.GetProperty("changedBy").GetString()!.ShouldContain(Environment.UserName);
        await Eventually.TrueAsync(() => instance.Log.Text.Contains($"changed by {Environment.UserName}@", StringComparison.Ordinal), "its log says by whom");

        (await ToolRun.RunAsync("keys", "rotate", "--redis", redis.ConnectionString)).Fails(6, "overlap", "--force", first);
        (await redis.GetAsync("rewt:rewt-secret")).ShouldNotBeNull();
        (await ToolRun.RunAsync("keys", "rotate", "--force", "--redis", redis.ConnectionString)).Well().Output.ShouldContain(second);
    }

    [Fact]
    public async Task A_revocation_asks_first_is_final_and_can_be_waited_for()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var (current, token) = (await instance.CurrentAsync(), await instance.SignAsync());
        string[] revoke = ["keys", "revoke", current, "--redis", redis.ConnectionString];

        (await ToolRun.RunAsync(revoke)).Fails(2, "--yes", "Nothing was changed");
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await Eventually.TrueAsync(async () => await redis.CliAsync("ZCARD", "{rewt:rewt-secret}:instances") == "1", "the instance is in the book");

        var revoked = (await ToolRun.RunAsync([.. revoke, "--yes", "--wait", "30", "-o", "json"])).Well().Json;

        revoked.GetProperty("revoked").GetString().ShouldBe(current);
        revoked.GetProperty("confirmed").GetBoolean().ShouldBeTrue();
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey, "the wait was for that");
        (await ToolRun.RunAsync([.. revoke, "--yes"])).Well().Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task A_revocation_that_an_instance_does_not_confirm_names_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var epoch = await redis.CliAsync("HGET", Ring, "epoch");
        await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), $"orders/cut-off|{epoch}|1");

        var run = await ToolRun.RunAsync("keys", "revoke", "current", "--yes", "--wait", "1", "--redis", redis.ConnectionString);

        run.Fails(7, "orders/cut-off").Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task Key_pairs_are_listed_by_service_and_revoked_and_are_their_owners_to_rotate()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.KeyMode = KeyMode.KeyPair);
        var token = await instance.SignAsync();
        var keyId = await instance.CurrentAsync();
        string[] way = ["--redis", redis.ConnectionString, "-o", "json"];
        await Eventually.TrueAsync(
            async () => await ToolRun.RunAsync(["keys", "list", .. way]) is { ExitCode: 0 } run && run.Output.Contains(keyId, StringComparison.Ordinal), "the instance is in the book");

        var current = (await ToolRun.RunAsync(["keys", "list", .. way])).Well().Json.GetProperty("keys").EnumerateArray().Single(key => key.GetProperty("keyId").GetString() == keyId);
        current.GetProperty("service").GetString().ShouldBe("fault");
        current.GetProperty("state").GetString().ShouldBe("current");
        (await ToolRun.RunAsync(["keys", "rotate", .. way])).Fails(6, "sign with key pairs");
        (await ToolRun.RunAsync(["keys", "revoke", keyId, .. way])).Fails(2, "--yes");
        (await ToolRun.RunAsync(["keys", "revoke", keyId, "--yes", .. way])).Well();

        await Eventually.TrueAsync(async () => await instance.VerifyAsync(token) == RewtRefusal.StaleKey, "it is revoked");
        instance.Log.Text.ShouldContain($"KeyActivated: Audit: key {keyId} of the ring rewt was activated by fault/");
    }

    [Fact]
    public async Task Certificates_of_key_pairs_are_listed_as_claimed_or_as_checked()
    {
        await using var redis = await RedisServer.StartAsync();
        using var directory = new ScratchDirectory();
        var root = TestAuthority.Root();
        var certificate = root.Issue("spiffe://prod.example/fault");
        await using var instance = await Instance.StartWarmAsync(
            redis.ConnectionString, options => (options.KeyMode, options.Identity.CertificateFactory) = (KeyMode.KeyPair, () => new X509Certificate2Collection(certificate)));
        string[] way = ["keys", "list", "--redis", redis.ConnectionString];

        (await ToolRun.RunAsync(way)).Well().Output.ShouldContain("spiffe://prod.example/fault until");
        (await ToolRun.RunAsync(way)).Well().Output.ShouldContain("(not checked)");
        string[] check = [.. way, "-o", "json", "--authorities"];
        var keys = (await ToolRun.RunAsync([.. check, directory.Write("ca.pem", root.Pem)])).Well().Json.GetProperty("keys").EnumerateArray().ToList();
        keys.ShouldAllBe(key => key.GetProperty("attestedBy").GetString() == "spiffe://prod.example/fault");
        (await ToolRun.RunAsync([.. check, directory.Write("other.pem", TestAuthority.Root("other").Pem)])).Well().Output.ShouldContain("its certificate is not accepted");

        // With what the services demand of a certificate, the list shows what they refuse.
        string[] checkAll = [.. check, directory["ca.pem"]];
        (await ToolRun.RunAsync([.. checkAll, "--identity-name", "spiffe://prod.example/{service}"])).Well().Output.ShouldNotContain("does not name the service");
        (await ToolRun.RunAsync([.. checkAll, "--identity-name", "{service}.shop.svc"])).Well().Output.ShouldContain("its certificate does not name the service");
        (await ToolRun.RunAsync([.. checkAll, "--revocation-list", directory.Write("revoked.pem", root.Revoke(certificate))])).Well().Output.ShouldContain("its certificate is revoked");
        (await ToolRun.RunAsync([.. way, "--revocation-list", directory["revoked.pem"]])).Fails(2, "--authorities");
    }

    [Fact]
    public async Task Key_pairs_whose_instances_have_ended_are_listed_and_revoked()
    {
        await using var redis = await RedisServer.StartAsync();
        var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.KeyMode = KeyMode.KeyPair);
        var keyId = await instance.CurrentAsync();
        await instance.DisposeAsync();
        await redis.DelAsync("{rewt:rewt-keys}:instances");
        string[] server = ["--redis", redis.ConnectionString, "-o", "json"];

        (await ToolRun.RunAsync(["keys", "list", .. server])).Well().Output.ShouldContain(keyId);
        (await ToolRun.RunAsync(["keys", "revoke", keyId, "--yes", .. server])).Well();

        (await redis.CliAsync("ZSCORE", "{rewt:rewt-keys}:dead", keyId)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_key_pair_that_is_not_published_is_revoked_only_by_force()
    {
        await using var redis = await RedisServer.StartAsync();
        var keyId = PublishedPair.Generate().KeyId;
        string[] server = ["--redis", redis.ConnectionString, "-o", "json"];

        (await ToolRun.RunAsync(["keys", "revoke", keyId, "--yes", .. server])).Fails(9, "--force");
        (await ToolRun.RunAsync(["keys", "revoke", keyId, "--yes", "--force", .. server])).Well();

        (await redis.CliAsync("ZSCORE", "{rewt:rewt-keys}:dead", keyId)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_text_that_is_no_key_of_the_ring_is_not_revoked_by_mistake()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);

        (await ToolRun.RunAsync("keys", "revoke", "nonsense", "--yes", "--redis", redis.ConnectionString)).Fails(2, "'nonsense' is not a key id", "rewt keys list");
        (await ToolRun.RunAsync("keys", "revoke", "AAAAAAAAAAAAAAAAAAAAAA", "--yes", "--redis", redis.ConnectionString)).Fails(6, "has no key", "--force");
        (await ToolRun.RunAsync("keys", "revoke", "AAAAAAAAAAAAAAAAAAAAAA", "--yes", "--force", "--redis", redis.ConnectionString)).Well();
    }

    [Fact]
    public async Task Where_there_is_no_ring_nothing_is_made()
    {
        await using var redis = await RedisServer.StartAsync();
        foreach (var command in new[] { "keys list", "keys rotate", "keys revoke current --yes", "token create" })
        {
            (await ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString, "--namespace", "nothing-here"])).Fails(9, "nothing-here", "--namespace");
        }

        (await redis.DbSizeAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_environment_names_server_and_namespace_and_an_option_goes_before_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.Namespace = "shop");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["REWT_REDIS"] = redis.ConnectionString, ["REWT_NAMESPACE"] = "shop" };

        (await ToolRun.RunAsync(environment, null, "keys", "list", "-o", "json")).Well().Json.GetProperty("keys")[0].GetProperty("keyId").GetString().ShouldBe(await instance.CurrentAsync());
        (await ToolRun.RunAsync(environment, null, "keys", "list", "--namespace", "other")).Fails(9, "other");
    }
}
