namespace Rewt.Tests.Operations;

/// <summary>Tests <c>rewt doctor</c> on servers with and without problems.</summary>
public sealed class ToolDoctorTests
{
    private static readonly string[] Persistent = ["--appendonly", "yes"];

    [Fact]
    public async Task The_doctor_reports_no_problem_on_a_well_configured_server()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, Persistent);
        using var directory = new ScratchDirectory();
        var key = directory.Write("seal.key", Sealing.SealedFleet.A);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, Sealing.SealedFleet.With(key));

        string[] doctor = ["doctor", "--redis", redis.ConnectionString, "--sealing-key-file", key];
        (await ToolRun.RunAsync(doctor)).Succeeds().Output.ShouldContain("Sealing:RequireSealed can be set");
        var findings = (await ToolRun.RunAsync([.. doctor, "-o", "json"])).Succeeds().Json.GetProperty("findings");
        findings.EnumerateArray().Select(finding => finding.GetProperty("code").GetString()).ShouldBe(["sealed"]);
    }

    [Fact]
    public async Task The_commands_find_the_primary_through_Sentinel()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real, Persistent);
        await using var replica = await Replication.StartReplicaAsync(primary);
        await using var sentinels = await Sentinels.StartAsync(primary);
        await using var instance = await Instance.StartWarmAsync(primary.ConnectionString);
        var before = await instance.CurrentAsync();

        (await ToolRun.RunAsync("doctor", "--redis", sentinels.ConnectionString)).Output.ShouldContain(primary.ConnectionString);
        (await ToolRun.RunAsync("keys", "rotate", "--yes", "--redis", sentinels.ConnectionString)).Succeeds().Output.ShouldContain(before);
        (await ToolRun.RunAsync("keys", "revoke", before, "--yes", "--redis", sentinels.ConnectionString)).Succeeds();
        (await ToolRun.RunAsync("keys", "list", "--redis", sentinels.ConnectionString)).Succeeds().Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task The_doctor_reports_problems_of_the_server_and_the_ring_without_changing_data()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru");
        await redis.SetAsync("rewt:rewt-secret", "changemechangemechangemechangeme");

        var run = (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "-o", "json")).Fails(8);

        Codes(run).ShouldBe(["no-ttl", "eviction", "no-persistence"], ignoreOrder: true);
        Text(run, "eviction").ShouldContain("volatile-lru");
        Text(run, "eviction").ShouldContain("noeviction");
        (await redis.DbSizeAsync()).ShouldBe(1);
        (await redis.PttlAsync("rewt:rewt-secret")).ShouldBe(-1);

        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var weak = (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString)).Fails(8);
        weak.Output.ShouldContain("weak-secret");
        weak.Output.ShouldNotContain("changemechangeme");
    }

    [Fact]
    public async Task The_doctor_reports_missing_rights_missing_pushes_and_lagging_instances()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, Persistent);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMilliseconds(300));
        await instance.Ring.RotateAsync(Cancellation);
        var epoch = await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "epoch");
        await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), $"orders/cut-off|{epoch}|1");
        await redis.CommandAsync("ACL", "SETUSER", "default", "-pexpireat", "resetchannels");

        var run = (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "-o", "json")).Fails(8);

        Codes(run).ShouldContain("acl");
        Text(run, "acl").ShouldContain("PEXPIREAT on rewt:rewt-secret");
        Text(run, "acl").ShouldContain("rewt acl --role signer");
        Codes(run).ShouldContain("no-push");
        Text(run, "instance-behind").ShouldContain("orders/cut-off");
    }

    [Fact]
    public async Task An_entry_with_a_later_time_hides_no_live_instance_from_the_doctor()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, Persistent);
        using var directory = new ScratchDirectory();
        var key = directory.Write("seal.key", Sealing.SealedFleet.A);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, Sealing.SealedFleet.With(key));
        await instance.WaitUntilAnnouncedAsync();
        var member = await redis.CliAsync("ZRANGE", "{rewt:rewt-secret}:instances", "0", "0");
        var now = TimeProvider.System.GetUtcNow();
        await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", now.ToUnixTimeMilliseconds(), $"orders/unsealed|{string.Join('|', member.Split('|')[1..3])}");

        string[] doctor = ["doctor", "--redis", redis.ConnectionString, "--sealing-key-file", key];
        (await ToolRun.RunAsync(doctor)).Output.ShouldNotContain("can be set");
        await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", now.AddHours(23).ToUnixTimeMilliseconds(), $"orders/later|{string.Join('|', member.Split('|')[1..])}");
        (await ToolRun.RunAsync(doctor)).Output.ShouldNotContain("can be set");
    }

    [Fact]
    public async Task The_doctor_examines_a_namespace_with_key_pairs()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, Persistent);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.KeyMode = KeyMode.KeyPair);

        Codes((await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "-o", "json")).Fails(8)).ShouldBe(["pair-rights"]);
    }

    [Fact]
    public async Task The_doctor_reports_pushes_that_a_proxy_drops()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, Persistent);
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropPushMessages();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);

        Codes(await ToolRun.RunAsync("doctor", "--redis", proxy.ConnectionString, "-o", "json")).ShouldBe(["no-push"]);
    }

    [Fact]
    public async Task Missing_persistence_is_a_warning_if_a_restart_of_Redis_would_lose_API_keys()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        (await FindingAsync()).GetProperty("severity").GetString().ShouldBe("advice");

        (await ToolRun.RunAsync("apps", "add", "acme", "--audience", "orders", "--redis", redis.ConnectionString)).Succeeds();

        var finding = await FindingAsync();
        finding.GetProperty("severity").GetString().ShouldBe("warning");
        finding.GetProperty("text").GetString().ShouldNotBeNull().ShouldContain("API keys");

        async Task<JsonElement> FindingAsync() => (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "-o", "json")).Json.GetProperty("findings").EnumerateArray()
            .Single(finding => finding.GetProperty("code").GetString() == "no-persistence");
    }

    [Fact]
    public async Task A_secret_that_is_too_short_is_reported_without_its_value()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, Persistent);
        await redis.SetAsync("rewt:rewt-secret", "hunter2", TimeSpan.FromHours(1));

        var run = (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString)).Fails(8);

        run.Output.ShouldContain("unusable-secret");
        run.Output.ShouldContain("7 bytes");
        run.Output.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_namespace_without_a_ring_is_reported()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, Persistent);

        var run = (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "-n", "elsewhere", "-o", "json")).Fails(8);

        Codes(run).ShouldBe(["no-ring"]);
        Text(run, "no-ring").ShouldContain("'elsewhere'");
        (await redis.DbSizeAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("resp3", "RESP3")]
    [InlineData("resp2", "RESP2")]
    public async Task The_doctor_shows_the_connection_in_use_without_the_password(string protocol, string shown)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, Persistent);
        await redis.CommandAsync(["ACL", "SETUSER", "orders", "on", ">of-a-test", .. RedisRights.Of("operator", "rewt")]);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var version = (await redis.CliAsync("INFO", "server")).Split("\r\n").First(line => line.StartsWith("redis_version:", StringComparison.Ordinal))[14..];
        var address = $"{redis.ConnectionString},user=orders,password=of-a-test,protocol={protocol}";

        var connection = (await ToolRun.RunAsync("doctor", "--redis", address, "-o", "json")).Json.GetProperty("connection");
        var text = (await ToolRun.RunAsync("doctor", "--redis", address)).Output;

        connection.GetProperty("server").GetString().ShouldBe(redis.ConnectionString);
        connection.GetProperty("product").GetString().ShouldBe($"Redis {version}");
        connection.GetProperty("mode").GetString().ShouldBe("standalone");
        connection.GetProperty("protocol").GetString().ShouldBe(shown);
        connection.GetProperty("tls").GetBoolean().ShouldBeFalse();
        connection.GetProperty("user").GetString().ShouldBe("orders");
        connection.GetProperty("client").GetString().ShouldStartWith("StackExchange.Redis ");
        text.ReplaceLineEndings(" ").ShouldContain($"Connection: Redis {version} (standalone) at {redis.ConnectionString}, {shown}, no TLS, user orders, StackExchange.Redis ");
        (text + connection).ShouldNotContain("of-a-test");
        ((object?[])(await redis.CommandAsync("ACL", "LOG"))!).ShouldBeEmpty();
    }

    /// <summary>Returns the codes of all findings except information, such as unsealed secrets, which have their own tests.</summary>
    private static List<string?> Codes(ToolRun run) => [.. run.Json.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("severity").GetString() != "information").Select(finding => finding.GetProperty("code").GetString())];

    private static string Text(ToolRun run, string code) =>
        run.Json.GetProperty("findings").EnumerateArray().First(finding => finding.GetProperty("code").GetString() == code).GetProperty("text").GetString()!;
}
