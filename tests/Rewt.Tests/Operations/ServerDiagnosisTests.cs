namespace Rewt.Tests.Operations;

/// <summary>What the facts of a server mean, those among them that no server at hand has.</summary>
public sealed class ServerDiagnosisTests
{
    private static readonly ServerFacts Fit = new()
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
        ["a fit server"] = (Fit, []),
        ["one that says nothing of itself"] = (new ServerFacts(), []),
        ["no persistence"] = (Fit with { HasAppendLog = false }, ["no-persistence"]),
        ["snapshots"] = (Fit with { HasAppendLog = false, Snapshots = "3600 1" }, []),
        ["a replica"] = (Fit with { HasAppendLog = false, Replicas = 1 }, []),
        ["snapshots of which nothing is said"] = (Fit with { HasAppendLog = false, Snapshots = null }, []),
        ["5.0.14"] = (Fit with { Version = new Version(5, 0, 14) }, ["old-server"]),
        ["6.0.20"] = (Fit with { Version = new Version(6, 0, 20) }, ["old-server"]),
        ["6.2.0"] = (Fit with { Version = new Version(6, 2, 0) }, []),
        ["8.0.1"] = (Fit with { Version = new Version(8, 0, 1) }, []),
        ["localhost"] = (At(new DnsEndPoint("localhost", 6379)), []),
        ["::1"] = (At(new IPEndPoint(IPAddress.IPv6Loopback, 6379)), []),
        ["elsewhere by name"] = (At(new DnsEndPoint("redis.example", 6379)), ["no-tls"]),
        ["elsewhere by address"] = (At(new IPEndPoint(IPAddress.Parse("10.1.2.3"), 6379)), ["no-tls"]),
        ["a login that may publish keys of every service"] = (Fit with { CanPublishForOthers = true }, ["pair-rights"]),
        ["elsewhere, encrypted"] = (At(new DnsEndPoint("redis.example", 6379)) with { IsEncrypted = true }, []),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void The_facts_of_a_server_are_told_by_code(string name) => Of(Cases[name].Facts).Select(finding => finding.Code).ShouldBe(Cases[name].Codes);

    [Theory]
    [InlineData("allkeys-lru", 0)]
    [InlineData("volatile-ttl", 100_000_000)]
    [InlineData("allkeys-random", 100_000_000)]
    public void A_policy_that_can_drop_keys_is_told(string policy, long limit)
    {
        var finding = Of(Fit with { EvictionPolicy = policy, MemoryLimit = limit }).ShouldHaveSingleItem();
        finding.Code.ShouldBe("eviction");
        finding.Severity.ShouldBe(FindingSeverity.Warning);
        finding.Text.ShouldContain(policy);
    }

    [Fact]
    public void Missing_rights_are_a_warning_and_a_login_that_only_reads_an_advice()
    {
        var some = Of(Fit with { DeniedCommands = ["ZADD on {rewt:rewt-secret}:dead"] }).ShouldHaveSingleItem();
        some.Severity.ShouldBe(FindingSeverity.Warning);
        some.Text.ShouldContain("ZADD on {rewt:rewt-secret}:dead");
        some.Text.ShouldContain("rewt acl --role signer");

        string[] writes = ["SET on rewt:rewt-secret", "PEXPIREAT on rewt:rewt-secret", "HSET on x", "DEL on x", "ZADD on x", "EVALSHA"];
        Of(Fit with { DeniedCommands = writes }).ShouldHaveSingleItem().Severity.ShouldBe(FindingSeverity.Advice);
        Of(Fit with { AreScriptsDenied = true }).ShouldHaveSingleItem().Code.ShouldBe("acl");
    }

    [Fact]
    public void Pushes_that_do_not_arrive_are_told_with_the_channel() => Of(Fit with { PushArrives = false }).ShouldHaveSingleItem().Text.ShouldContain("&{rewt:rewt-secret}:*");

    private static List<Finding> Of(ServerFacts facts) => [.. ServerDiagnosis.Of(facts, "rewt")];

    private static ServerFacts At(EndPoint server) => Fit with { Servers = [server] };
}
