namespace Rewt.Tests.Operations;

/// <summary>Tests the findings for server facts, including facts that no available server has.</summary>
public sealed class ServerDiagnosisTests
{
    private static readonly ServerFacts Healthy = new()
    {
        Version = new Version(7, 2, 4),
        EvictionPolicy = "noeviction",
        MemoryLimit = 0,
        HasAppendLog = true,
        Snapshots = "",
        Replicas = 0,
        Servers = [new IPEndPoint(IPAddress.Loopback, 6379)],
    };

    private static readonly Dictionary<string, (ServerFacts Facts, string[] Codes)> Cases = new(StringComparer.Ordinal)
    {
        ["a well-configured server"] = (Healthy, []),
        ["a server that reports no facts"] = (new ServerFacts(), []),
        ["no persistence"] = (Healthy with { HasAppendLog = false }, ["no-persistence"]),
        ["snapshots"] = (Healthy with { HasAppendLog = false, Snapshots = "3600 1" }, []),
        ["a replica"] = (Healthy with { HasAppendLog = false, Replicas = 1 }, []),
        ["unknown snapshots"] = (Healthy with { HasAppendLog = false, Snapshots = null }, []),
        ["5.0.14"] = (Healthy with { Version = new Version(5, 0, 14) }, ["old-server"]),
        ["6.0.20"] = (Healthy with { Version = new Version(6, 0, 20) }, ["old-server"]),
        ["6.2.0"] = (Healthy with { Version = new Version(6, 2, 0) }, []),
        ["8.0.1"] = (Healthy with { Version = new Version(8, 0, 1) }, []),
        ["localhost"] = (WithServer(new DnsEndPoint("localhost", 6379)), []),
        ["::1"] = (WithServer(new IPEndPoint(IPAddress.IPv6Loopback, 6379)), []),
        ["a remote server by name"] = (WithServer(new DnsEndPoint("redis.example", 6379)), ["no-tls"]),
        ["a remote server by address"] = (WithServer(new IPEndPoint(IPAddress.Parse("10.1.2.3"), 6379)), ["no-tls"]),
        ["a login that may publish keys of every service"] = (Healthy with { CanPublishForAll = true }, ["pair-rights"]),
        ["a login that may publish keys of another service"] = (Healthy with { CanPublishFor = ["orders"] }, ["pair-rights"]),
        ["a remote server with TLS"] = (WithServer(new DnsEndPoint("redis.example", 6379)) with { IsEncrypted = true }, []),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Server_facts_produce_the_expected_finding_codes(string name) => Diagnose(Cases[name].Facts).Select(finding => finding.Code).ShouldBe(Cases[name].Codes);

    [Theory]
    [InlineData("allkeys-lru", 0)]
    [InlineData("volatile-ttl", 100_000_000)]
    [InlineData("allkeys-random", 100_000_000)]
    public void An_eviction_policy_that_can_drop_keys_is_a_warning(string policy, long limit)
    {
        var finding = Diagnose(Healthy with { EvictionPolicy = policy, MemoryLimit = limit }).ShouldHaveSingleItem();
        finding.Code.ShouldBe("eviction");
        finding.Severity.ShouldBe(FindingSeverity.Warning);
        finding.Text.ShouldContain(policy);
    }

    [Fact]
    public void Missing_rights_are_a_warning_and_a_read_only_login_is_an_advice()
    {
        var missing = Diagnose(Healthy with { DeniedCommands = ["ZADD on {rewt:rewt-secret}:dead"] }).ShouldHaveSingleItem();
        missing.Severity.ShouldBe(FindingSeverity.Warning);
        missing.Text.ShouldContain("ZADD on {rewt:rewt-secret}:dead");
        missing.Text.ShouldContain("rewt acl --role signer");

        // A finding is shortened at its end, so the solution comes first.
        var many = Diagnose(Healthy with { DeniedCommands = [.. Enumerable.Range(0, 100).Select(number => $"ZADD on {{rewt:rewt-secret}}:dead-{number}")] }).ShouldHaveSingleItem();
        many.Text.ShouldContain("rewt acl --role signer");

        string[] writes = ["SET on rewt:rewt-secret", "PEXPIREAT on rewt:rewt-secret", "HSET on x", "DEL on x", "ZADD on x", "EVALSHA"];
        Diagnose(Healthy with { DeniedCommands = writes }).ShouldHaveSingleItem().Severity.ShouldBe(FindingSeverity.Advice);
        Diagnose(Healthy with { AreScriptsDenied = true }).ShouldHaveSingleItem().Code.ShouldBe("acl");
    }

    [Fact]
    public void Missing_pushes_are_reported_with_their_channel() => Diagnose(Healthy with { PushArrives = false }).ShouldHaveSingleItem().Text.ShouldContain("&{rewt:rewt-secret}:*");

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Missing_persistence_is_a_warning_only_if_deleted_tenants_would_be_valid_again_or_API_keys_lost(bool hasTenants, bool hasApps)
    {
        var finding = Diagnose(Healthy with { HasAppendLog = false, HasTenants = hasTenants, HasApps = hasApps }).ShouldHaveSingleItem();
        (finding.Severity == FindingSeverity.Warning).ShouldBe(hasTenants || hasApps);
        finding.Text.Contains("deleted tenant", StringComparison.Ordinal).ShouldBe(hasTenants);
        finding.Text.Contains("API keys", StringComparison.Ordinal).ShouldBe(hasApps);
    }

    private static List<Finding> Diagnose(ServerFacts facts) => [.. ServerDiagnosis.Of(facts, "rewt")];

    private static ServerFacts WithServer(EndPoint server) => Healthy with { Servers = [server] };
}
