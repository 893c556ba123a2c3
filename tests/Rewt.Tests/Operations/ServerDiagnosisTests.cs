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

    [Fact]
    public void A_fit_server_has_nothing() => Codes(Fit).ShouldBeEmpty();

    [Fact]
    public void A_server_that_says_nothing_of_itself_is_not_accused() => Codes(new ServerFacts()).ShouldBeEmpty();

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
    public void Persistence_of_any_kind_or_a_replica_is_enough()
    {
        Codes(Fit with { HasAppendLog = false }).ShouldBe(["no-persistence"]);
        Codes(Fit with { HasAppendLog = false, Snapshots = "3600 1" }).ShouldBeEmpty();
        Codes(Fit with { HasAppendLog = false, Replicas = 1 }).ShouldBeEmpty();
        Codes(Fit with { HasAppendLog = false, Snapshots = null }).ShouldBeEmpty("nobody said so");
    }

    [Theory]
    [InlineData("5.0.14", true)]
    [InlineData("6.0.20", true)]
    [InlineData("6.2.0", false)]
    [InlineData("8.0.1", false)]
    public void An_old_server_is_told(string version, bool isOld) => Codes(Fit with { Version = Version.Parse(version) }).ShouldBe(isOld ? ["old-server"] : []);

    [Theory]
    [InlineData("localhost", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("redis.example", true)]
    [InlineData("10.1.2.3", true)]
    public void A_way_to_elsewhere_is_encrypted(string host, bool isTold)
    {
        EndPoint server = IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, 6379) : new DnsEndPoint(host, 6379);
        Codes(Fit with { Servers = [server] }).ShouldBe(isTold ? ["no-tls"] : []);
        Codes(Fit with { Servers = [server], IsEncrypted = true }).ShouldBeEmpty();
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

    private static IEnumerable<string> Codes(ServerFacts facts) => Of(facts).Select(finding => finding.Code);
}
