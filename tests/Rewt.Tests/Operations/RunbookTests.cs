using Rewt.Tests.Docs;
using Rewt.Tests.Tenants;

namespace Rewt.Tests.Operations;

/// <summary>Each command of the runbook in the situation that it is for. <see cref="CommandBlockTests"/> runs its blocks as they stand.</summary>
public sealed partial class RunbookTests
{
    /// <summary>The commands of the page, each with the test of its situation.</summary>
    private static readonly Dictionary<string, string> Commands = new(StringComparer.Ordinal)
    {
        ["redis-cli DEL rewt:rewt-secret"] = nameof(A_leaked_secret_is_deleted_and_every_instance_has_another),
        ["redis-cli EVAL"] = nameof(JunkTests.Junk_in_a_key_of_the_secret_fails_no_call_or_is_named_and_one_command_repairs_it),
        ["rewt keys list"] = nameof(A_leaked_secret_is_deleted_and_every_instance_has_another),
        ["rewt watch --changes 1"] = nameof(A_leaked_secret_is_deleted_and_every_instance_has_another),
        ["rewt keys revoke <key id> --wait"] = nameof(A_leaked_secret_is_deleted_and_every_instance_has_another),
        ["rewt tenants revoke <tenant>"] = nameof(A_leaked_key_of_a_tenant_is_revoked),
        ["rewt keys revoke"] = nameof(ToolKeysTests.Key_pairs_whose_instances_have_ended_are_listed_and_revoked),
        ["rewt doctor"] = nameof(A_finding_ends_with_its_solution),
        ["rewt doctor --output json"] = nameof(A_finding_ends_with_its_solution),
        ["CONFIG SET maxmemory-policy noeviction"] = nameof(A_finding_ends_with_its_solution),
        ["EXPIRE"] = nameof(A_finding_ends_with_its_solution),
        ["rewt acl --role verifier"] = nameof(ToolAclTests.A_verifier_follows_the_ring_and_cannot_change_it),
        ["rewt acl --role signer"] = nameof(ToolDoctorTests.It_names_missing_rights_pushes_that_do_not_arrive_and_instances_that_lag),
        ["rewt acl --key-pairs --role signer --service <name>"] = nameof(ToolAclTests.The_rights_for_key_pairs_are_those_of_their_page),
        ["ACL SETUSER <its login> off"] = nameof(A_compromised_service_is_cut_off),
        ["CLIENT KILL USER <its login>"] = nameof(A_compromised_service_is_cut_off),
    };

    [Fact]
    public void Every_command_of_the_runbook_has_a_test_of_its_situation()
    {
        var page = Page.Read("docs/operations/runbook.md");
        var written = page.Fences().SelectMany(block => block.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Concat(Inline().Matches(page.Text).Select(match => match.Groups["command"].Value));
        var tests = typeof(RunbookTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.Name).ToHashSet(StringComparer.Ordinal);

        written.Select(command => command.Split(" \"", 2)[0]).Distinct(StringComparer.Ordinal).ShouldBe(Commands.Keys, ignoreOrder: true);
        Commands.Values.ShouldBeSubsetOf(tests);
    }

    [Fact]
    public async Task A_leaked_secret_is_deleted_and_every_instance_has_another()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString);
        var (leaked, token) = (await orders.CurrentAsync(), await orders.SignAsync());

        await redis.CommandAsync("DEL", "rewt:rewt-secret");

        await inventory.RefusesAsync(token);
        // Signed data has no retry: until this instance has read the ring too, it signs with the deleted secret.
        await orders.RefusesAsync(token);
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None, "callers see no error");
        var keys = (await ToolRun.RunAsync("keys", "list", "--redis", redis.ConnectionString, "-o", "json")).Well().Output;
        keys.ShouldContain(await inventory.CurrentAsync());
        (await ToolRun.RunAsync("watch", "--changes", "1", "--redis", redis.ConnectionString)).Well();
        (await orders.StateOfAsync(leaked)).ShouldBe(RewtKeyState.Revoked);

        var one = await orders.CurrentAsync();
        (await ToolRun.RunAsync("keys", "revoke", one, "--wait", "--yes", "--redis", redis.ConnectionString)).Well();
        (await inventory.StateOfAsync(one)).ShouldBe(RewtKeyState.Revoked);
    }

    [Fact]
    public async Task A_leaked_key_of_a_tenant_is_revoked()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TenantService.StartAsync(redis);
        var data = service.Tenants.SignedData("acme");
        var token = await data.SignTextAsync("content", Cancellation);

        (await ToolRun.RunAsync("tenants", "revoke", "acme", "--yes", "--redis", redis.ConnectionString)).Well();

        await Eventually.TrueAsync(async () => !(await data.VerifyAsync(token, Cancellation)).IsValid, "the token of the leaked key is refused");
        (await ToolRun.RunAsync("tenants", "list", "--redis", redis.ConnectionString)).Well().Output.ShouldContain("acme");
    }

    [Fact]
    public async Task A_compromised_service_is_cut_off()
    {
        // A default user without a password would let the service in without its own login.
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "of-inventory");
        await using var operations = await redis.ConnectAsync();
        await operations.CommandAsync("AUTH", "of-inventory");
        await operations.CommandAsync("ACL", "SETUSER", "compromised", "on", ">of-a-test", "+@all", "~*", "&*");
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString + ",password=of-inventory");
        await using var compromised = await Instance.StartWarmAsync(redis.ConnectionString + ",user=compromised,password=of-a-test");

        await operations.CommandAsync("ACL", "SETUSER", "compromised", "off");
        await operations.CommandAsync("CLIENT", "KILL", "USER", "compromised");
        await operations.CommandAsync("DEL", "rewt:rewt-secret");

        await inventory.RefusesAsync(await compromised.SignAsync());
        await Eventually.TrueAsync(() => compromised.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "the compromised service cannot read the new secret");
        (await inventory.VerifyAsync(await compromised.SignAsync())).ShouldBe(RewtRefusal.StaleKey);
        (await inventory.VerifyAsync(await inventory.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_finding_ends_with_its_solution()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--maxmemory-policy", "allkeys-lru", "--appendonly", "yes");
        await using (await Instance.StartWarmAsync(redis.ConnectionString))
        {
            // The ring needs an owner to begin with, and none that repairs it afterwards.
        }

        await redis.CommandAsync("PERSIST", "rewt:rewt-secret");
        (await FindingsAsync()).ShouldBe(["eviction", "no-ttl"], ignoreOrder: true);

        await redis.CommandAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await redis.CommandAsync("EXPIRE", "rewt:rewt-secret", 86400);

        (await FindingsAsync()).ShouldBeEmpty();
        (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString)).Well();

        async Task<IEnumerable<string?>> FindingsAsync() => (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "--output", "json"))
            .Json.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("severity").GetString() != "information").Select(finding => finding.GetProperty("code").GetString());
    }

    [GeneratedRegex("(?<!`)`(?<command>(rewt|redis-cli) [^`]+|[A-Z]{3,} [A-Z]{3,}[^`]*|EXPIRE)`(?!`)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Inline();
}
