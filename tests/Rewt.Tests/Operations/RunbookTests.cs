using Rewt.Tests.Apps;
using Rewt.Tests.Docs;
using Rewt.Tests.Tenants;

namespace Rewt.Tests.Operations;

/// <summary>Tests each command of the runbook in its situation. <see cref="CommandBlockTests"/> runs the code blocks unchanged.</summary>
public sealed partial class RunbookTests
{
    private const string CopyOfApps = "redis-cli --raw -D '' DUMP {rewt:rewt-secret}:apps | redis-cli -x RESTORE {rewt-2:rewt-secret}:apps 0";

    /// <summary>Maps each command of the page to the test of its situation.</summary>
    private static readonly Dictionary<string, string> Commands = new(StringComparer.Ordinal)
    {
        ["redis-cli DEL rewt:rewt-secret"] = nameof(Deleting_a_leaked_secret_replaces_it_on_every_instance),
        ["redis-cli EVAL"] = nameof(JunkTests.Too_many_entries_in_a_Redis_key_fail_no_call_and_can_be_deleted),
        ["rewt keys list"] = nameof(Deleting_a_leaked_secret_replaces_it_on_every_instance),
        ["rewt watch --changes 1"] = nameof(Deleting_a_leaked_secret_replaces_it_on_every_instance),
        ["rewt keys revoke <key id> --wait"] = nameof(Deleting_a_leaked_secret_replaces_it_on_every_instance),
        ["rewt tenants revoke <tenant>"] = nameof(Revoking_a_tenant_refuses_the_tokens_of_its_leaked_key),
        ["rewt keys revoke"] = nameof(ToolKeysTests.Key_pairs_of_stopped_instances_are_listed_and_revoked),
        ["rewt doctor"] = nameof(A_doctor_finding_disappears_after_its_documented_fix),
        ["rewt doctor --output json"] = nameof(A_doctor_finding_disappears_after_its_documented_fix),
        ["CONFIG SET maxmemory-policy noeviction"] = nameof(A_doctor_finding_disappears_after_its_documented_fix),
        ["EXPIRE"] = nameof(A_doctor_finding_disappears_after_its_documented_fix),
        [CopyOfApps] = nameof(Trusted_apps_are_copied_to_another_namespace),
        ["rewt acl --role verifier --user <its login>"] = nameof(A_login_reduced_to_the_rights_of_a_verifier_keeps_its_password),
        ["rewt acl --role signer"] = nameof(ToolDoctorTests.The_doctor_reports_missing_rights_missing_pushes_and_lagging_instances),
        ["rewt acl --key-pairs --role signer --service <name>"] = nameof(ToolAclTests.The_rights_for_key_pairs_match_the_key_pairs_page),
        ["ACL SETUSER <its login> off"] = nameof(A_compromised_service_is_locked_out_of_Redis_and_its_tokens_are_refused),
        ["CLIENT KILL USER <its login>"] = nameof(A_compromised_service_is_locked_out_of_Redis_and_its_tokens_are_refused),
    };

    [Fact]
    public void Every_command_of_the_runbook_is_covered_by_a_test()
    {
        var page = Page.Read("docs/operations/runbook.md");
        var written = page.Fences().SelectMany(block => block.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Concat(Inline().Matches(page.Text).Select(match => match.Groups["command"].Value));
        var tests = typeof(RunbookTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.Name).ToHashSet(StringComparer.Ordinal);

        written.Select(command => command.Split(" \"", 2)[0]).Distinct(StringComparer.Ordinal).ShouldBe(Commands.Keys, ignoreOrder: true);
        Commands.Values.ShouldBeSubsetOf(tests);
    }

    [Fact]
    public async Task Deleting_a_leaked_secret_replaces_it_on_every_instance()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString);
        var (leaked, token) = (await orders.CurrentAsync(), await orders.SignAsync());

        await redis.CommandAsync("DEL", "rewt:rewt-secret");

        await inventory.WaitUntilRefusedAsync(token);
        // Signed data has no retry, and an instance signs with the deleted secret until it has read the new ring.
        await orders.WaitUntilRefusedAsync(token);
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None, "callers see no error");
        var keys = (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString, "-o", "json")).Succeeds().Output;
        keys.ShouldContain(await inventory.CurrentAsync());
        (await ToolRun.RunAsync("watch", "--changes", "1", "--redis", redis.ConnectionString)).Succeeds();
        (await orders.StateOfAsync(leaked)).ShouldBe(RewtKeyState.Revoked);

        var replacement = await orders.CurrentAsync();
        (await ToolRun.RunAsync("keys", "revoke", replacement, "--wait", "--yes", "--redis", redis.ConnectionString)).Succeeds();
        (await inventory.StateOfAsync(replacement)).ShouldBe(RewtKeyState.Revoked);
    }

    [Fact]
    public async Task Revoking_a_tenant_refuses_the_tokens_of_its_leaked_key()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TenantService.StartAsync(redis);
        var data = service.Tenants.SignedData("acme");
        var token = await data.SignTextAsync("content", Cancellation);

        (await ToolRun.RunAsync("tenants", "revoke", "acme", "--yes", "--redis", redis.ConnectionString)).Succeeds();

        await Eventually.TrueAsync(async () => !(await data.VerifyAsync(token, Cancellation)).IsValid, "the token of the leaked key is refused");
        (await ToolRun.RunAsync("tenants", "list", "--redis", redis.ConnectionString)).Succeeds().Output.ShouldContain("acme");
    }

    [Fact]
    public async Task A_login_reduced_to_the_rights_of_a_verifier_keeps_its_password()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString);
        await redis.CommandAsync("ACL", "SETUSER", "inventory", "on", ">of-a-test", "+@all", "~*", "&*");
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString + ",user=inventory,password=of-a-test");

        var command = (await ToolRun.RunAsync("acl", "--role", "verifier", "--user", "inventory")).Succeeds().Output.Trim();
        await redis.CommandAsync([.. command.Split(' '), ">of-a-test"]);

        (await inventory.VerifyAsync(await signer.SignAsync())).ShouldBe(RewtRefusal.None);
        await using var restarted = await Instance.StartWarmAsync(redis.ConnectionString + ",user=inventory,password=of-a-test");
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => restarted.Ring.RotateAsync(Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trusted_apps_are_copied_to_another_namespace(bool isCluster)
    {
        Require.RealRedis();
        Require.That(Executables.Find("redis-cli") is not null, "needs redis-cli on the PATH");
        await using IAsyncDisposable servers = isCluster ? await ClusterOfThree.StartAsync() : await RedisServer.StartAsync(RedisServerKind.Real);
        var (redis, port) = servers is ClusterOfThree cluster ? (cluster.ConnectionString, cluster.Masters[0].Port) : (((RedisServer)servers).ConnectionString, ((RedisServer)servers).Port);
        await using var service = await AppService.StartAsync(redis);
        await service.AddAcmeAsync();

        // The namespaces have different slots.
        var client = string.Create(CultureInfo.InvariantCulture, $"redis-cli() {{ command redis-cli {(isCluster ? "-c" : "")} -p {port} \"$@\"; }}");
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-eo", "pipefail", "-c", $"{client}\n{CopyOfApps}"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var reply = await bash.StandardOutput.ReadToEndAsync(Cancellation);
        await bash.WaitForExitAsync(Cancellation);

        reply.Trim().ShouldBe("OK");
        (await ToolRun.RunAsync("apps", "list", "--namespace", "rewt-2", "--redis", redis)).Succeeds().Output.ShouldContain("acme");
    }

    [Fact]
    public async Task A_compromised_service_is_locked_out_of_Redis_and_its_tokens_are_refused()
    {
        // Without a password for the default user, the service could connect without its own login.
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "of-inventory");
        await using var operations = await redis.ConnectAsync();
        await operations.CommandAsync("AUTH", "of-inventory");
        await operations.CommandAsync("ACL", "SETUSER", "compromised", "on", ">of-a-test", "+@all", "~*", "&*");
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString + ",password=of-inventory");
        await using var compromised = await Instance.StartWarmAsync(redis.ConnectionString + ",user=compromised,password=of-a-test");

        await operations.CommandAsync("ACL", "SETUSER", "compromised", "off");
        await operations.CommandAsync("CLIENT", "KILL", "USER", "compromised");
        await operations.CommandAsync("DEL", "rewt:rewt-secret");

        await inventory.WaitUntilRefusedAsync(await compromised.SignAsync());
        await Eventually.TrueAsync(() => compromised.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "the compromised service cannot read the new secret");
        (await inventory.VerifyAsync(await compromised.SignAsync())).ShouldBe(RewtRefusal.StaleKey);
        (await inventory.VerifyAsync(await inventory.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_doctor_finding_disappears_after_its_documented_fix()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--maxmemory-policy", "allkeys-lru", "--appendonly", "yes");
        await using (await Instance.StartWarmAsync(redis.ConnectionString))
        {
            // The instance creates the ring and stops, so that it does not repair the ring later.
        }

        await redis.CommandAsync("PERSIST", "rewt:rewt-secret");
        (await FindingsAsync()).ShouldBe(["eviction", "no-ttl"], ignoreOrder: true);

        await redis.CommandAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await redis.CommandAsync("EXPIRE", "rewt:rewt-secret", 86400);

        (await FindingsAsync()).ShouldBeEmpty();
        (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString)).Succeeds();

        async Task<IEnumerable<string?>> FindingsAsync() => (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "--output", "json"))
            .Json.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("severity").GetString() != "information").Select(finding => finding.GetProperty("code").GetString());
    }

    [GeneratedRegex("(?<!`)`(?<command>(rewt|redis-cli) [^`]+|[A-Z]{3,} [A-Z]{3,}[^`]*|EXPIRE)`(?!`)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Inline();
}
