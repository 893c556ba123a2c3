using Rewt.Tests.Apps;
using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Tests two servers that are both primaries, as when the old primary returns after a failover.</summary>
public sealed class TwoPrimariesTests(ITestOutputHelper output)
{
    /// <summary>The credentials of each traffic.</summary>
    private static readonly string[] Credentials = ["secrets", "key pairs", "API keys"];

    private const string Epoch = "epoch";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_primaries_count_as_an_outage_until_one_becomes_a_replica(bool isMultiplexerOfApplication)
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var replica = await Replication.StartReplicaAsync(primary);
        var servers = $"{primary.ConnectionString},{replica.ConnectionString}";
        await using var multiplexer = isMultiplexerOfApplication ? await ConnectionMultiplexer.ConnectAsync(servers) : null;
        await using var service = await TestService.StartAsync(servers, settings: options => (options.Redis, options.RefreshInterval) = (multiplexer is null ? servers : null, TimeSpan.FromMilliseconds(500)), configure: builder =>
        {
            if (multiplexer is not null) builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer);
        });
        service.Log.Text.Contains("Rewt uses the registered IConnectionMultiplexer", StringComparison.Ordinal).ShouldBe(isMultiplexerOfApplication);
        var before = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;
        var token = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        await Eventually.TrueAsync(
            async () => await primary.CliAsync("ZCARD", "{rewt:rewt-secret}:instances") == "1", "the service has announced itself and its startup has ended");

        // The client library considers the promoted server a replica for up to a minute.
        await Replication.DetachAsync(primary, replica);
        await primary.FlushAllAsync();
        await Eventually.TrueAsync(() => service.Log.Text.Contains("are primaries", StringComparison.Ordinal), "the outage is logged with its cause");

        foreach (var bearer in new[] { token, await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation) })
        {
            using var response = await service.CallAsync(bearer);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await primary.DbSizeAsync()).ShouldBe(0);

        await primary.CommandAsync("REPLICAOF", "127.0.0.1", replica.Port);
        await Eventually.TrueAsync(() => service.Log.Text.Contains("StoreAvailable", StringComparison.Ordinal), "the end of the outage is logged");
        (await service.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldBe(before);
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => service.Ring.RotateAsync(Cancellation)) is null, "the key ring can be written");
    }

    [Fact]
    public async Task Key_pairs_and_apps_are_neither_read_from_nor_written_to_one_of_two_primaries()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var replica = await Replication.StartReplicaAsync(primary);
        await using (await Instance.StartWarmAsync(primary.ConnectionString, options => (options.KeyMode, options.ServiceName) = (KeyMode.KeyPair, "orders")))
        {
            // The keys stay valid after the end of the instance that published them.
        }

        var options = new RewtOptions { Redis = $"{primary.ConnectionString},{replica.ConnectionString}", ServiceName = "orders", KeyMode = KeyMode.KeyPair };
        // With a clock that does not advance, the check of the first read stays valid, so that the stores must check again.
        var clock = new FakeTimeProvider();
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var pairs = new RedisPairStore(new RedisConnection(services, options, clock), options);
        await using var apps = new RedisAppStore(new RedisConnection(services, options, clock, KeyMode.SharedSecret), options, clock);
        (await apps.TryWriteAsync(default, new AppEntry("acme", "Acme", "ops@acme.example", ["orders"], [], []), Cancellation)).ShouldBeTrue();
        var knownApps = await apps.ReadAsync(null, Cancellation);
        var knownPairs = await pairs.ReadAsync(["orders"], [], Cancellation);
        var keys = knownPairs.Services["orders"].Entries.Keys;
        keys.ShouldNotBeEmpty();

        await Replication.DetachAsync(primary, replica);
        await primary.FlushAllAsync();

        Func<Task>[] commands =
        [
            () => pairs.ReadAsync(["orders"], [], Cancellation),
            () => pairs.RevokeAsync("orders", KeyId.Parse(keys.First()), knownPairs.Now, knownPairs.Now + TimeSpan.FromDays(1), Cancellation),
            () => apps.ReadAsync(knownApps, Cancellation),
            () => apps.TryWriteAsync(default, new AppEntry("other", "Other", "ops@acme.example", ["orders"], [], []), Cancellation),
        ];
        foreach (var command in commands) (await Should.ThrowAsync<RedisConnectionException>(command)).Message.ShouldContain("are primaries");
        (await primary.DbSizeAsync()).ShouldBe(0);

        await primary.CommandAsync("REPLICAOF", "127.0.0.1", replica.Port);
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(async () => (await pairs.ReadAsync(["orders"], [], Cancellation)).Services["orders"].Entries.Keys.ShouldBe(keys, ignoreOrder: true)) is null,
            "the key pairs are read from the remaining primary");
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(async () => (await apps.ReadAsync(knownApps, Cancellation)).Apps.Keys.ShouldBe(["acme"])) is null,
            "the apps are read from the remaining primary");
    }

    // A server of KeyDB that replicates in both directions accepts writes.
    [Theory]
    [InlineData("role:master", true)]
    [InlineData("role:active-replica", true)]
    [InlineData("role:slave", false)]
    [InlineData("role:replica", false)]
    [InlineData("connected_slaves:0", false)]
    public void Every_role_except_that_of_a_replica_counts_as_a_primary(string line, bool isPrimary) =>
        PrimaryCheck.IsPrimary(ServerInfo.Field($"# Replication\r\n{line}\r\nmaster_replid:0", "role")).ShouldBe(isPrimary);

    [Fact]
    public async Task Two_addresses_of_one_server_count_as_one_primary()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var instance = await Instance.StartWarmAsync($"{redis.ConnectionString},{proxy.ConnectionString}");
        var before = await instance.CurrentAsync();

        (await instance.Ring.RotateAsync(Cancellation)).Current!.KeyId.ShouldNotBe(before);
        instance.Log.Text.ShouldNotContain("StoreUnavailable");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_former_primary_that_returns_under_Sentinel_fails_no_call()
    {
        // REWT_FAILOVERS sets a larger number of failovers.
        var failovers = int.TryParse(Environment.GetEnvironmentVariable("REWT_FAILOVERS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 2;
        using var threads = Sentinels.AllowBlockedThreads(64);
        await using var first = await RedisServer.StartAsync(RedisServerKind.Real, "--repl-diskless-sync-delay", "0");
        await using var second = await RedisServer.StartAsync(RedisServerKind.Real, "--repl-diskless-sync-delay", "0");
        // A command is used instead of an argument, so that the server is a primary again after a restart.
        await second.CommandAsync("REPLICAOF", "127.0.0.1", first.Port);
        await Eventually.TrueAsync(async () => await IsAsync(second, "master_link_status:up"), "the replica is synchronized");
        await using var sentinel = await Sentinels.StartAsync(first);
        await using var fleet = await Fleet.StartAsync(sentinel.ConnectionString, 2, 2, Fast);
        await using var pairs = await Fleet.StartAsync(sentinel.ConnectionString, 2, 1, options =>
        {
            Fast(options);
            (options.KeyMode, options.Namespace) = (KeyMode.KeyPair, "pairs");
        });
        await using var desk = await AppService.StartAsync(sentinel.ConnectionString, settings: Fast);
        using var client = new HttpClient { BaseAddress = desk.Address };
        client.DefaultRequestHeaders.Authorization = new("ApiKey", (await desk.AddAcmeAsync()).Key);
        Traffic[] traffic = [fleet.StartTraffic(callsPerSecond: 80), pairs.StartTraffic(callsPerSecond: 40), new Traffic([client], callsPerSecond: 20)];
        var (primary, replica) = (first, second);

        for (var number = 0; number < failovers; number++)
        {
            var app = new RewtApp(string.Create(CultureInfo.InvariantCulture, $"app-{number}")) { Audiences = ["orders"] };
            await Replication.WaitUntilSyncedAsync(primary, replica);
            await sentinel.WaitUntilPromotableAsync();
            var before = await StoredAsync(primary);
            await primary.KillAsync();
            await Eventually.TrueAsync(async () => await sentinel.IsPrimaryAsync(replica) && await IsAsync(replica, "role:master"), "the replica is promoted");
            await primary.RestartAsync();
            // Both servers are primaries until the sentinel makes the old one a replica. That time is not predictable on a busy machine.
            var restarted = TimeProvider.System.GetTimestamp();
            await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(restarted) > TimeSpan.FromSeconds(10), "ten seconds have passed");
            // The connection is closed if the sentinel sends the same command at this moment.
            await Eventually.TrueAsync(
                async () => await Record.ExceptionAsync(() => primary.CommandAsync("REPLICAOF", "127.0.0.1", replica.Port)) is not IOException, "the old primary accepts REPLICAOF");
            await Eventually.TrueAsync(async () => await IsAsync(primary, "master_link_status:up"), "the old primary is a replica");
            (primary, replica) = (replica, primary);
            foreach (var services in new[] { fleet, pairs }) await services.WaitUntilConnectedAsync();

            await Eventually.TrueAsync(
                async () => await Record.ExceptionAsync(() => fleet.Callers[0].Ring.RotateAsync(Cancellation)) is null, "the key ring can be written");
            await Eventually.TrueAsync(async () => (await fleet.CurrentKeysAsync()).Distinct().Count() == 1, "all instances have the same key");
            await Eventually.TrueAsync(
                async () => await Record.ExceptionAsync(() => pairs.Callers[0].Ring.RotateAsync(Cancellation)) is null, "the key pairs can be written");
            await Eventually.TrueAsync(
                async () =>
                {
                    // A repetition fails if the app was written in an attempt without an answer.
                    await Record.ExceptionAsync(() => desk.Apps.AddAsync(app, cancellationToken: Cancellation));
                    return await primary.CliAsync("HEXISTS", "{rewt:rewt-secret}:apps", app.Id) == "1";
                },
                "the apps can be written");
            // An attempt without an answer may have rotated the key pairs too, so that the current key was published a moment ago.
            await pairs.WaitUntilHealthyAsync();
            (await StoredAsync(primary)).ShouldBe(before);
        }

        foreach (var running in traffic) await running.StopAsync();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{failovers} failovers; {string.Join(", ", traffic.Select(running => running.Calls))} calls with secrets, key pairs and API keys; {fleet.Refused + pairs.Refused} retried"));
        foreach (var (credentials, running) in Credentials.Zip(traffic)) running.Failures.ShouldBeEmpty($"calls with {credentials}");
        (fleet.Refused, pairs.Refused).ShouldBe((0, 0), "no call was refused and retried");

        // These values change if the data is created again.
        static async Task<string> StoredAsync(RedisServer server) => string.Join(
            ' ',
            await server.CliAsync("HGET", "{rewt:rewt-secret}:ring", Epoch),
            await server.CliAsync("GET", "{pairs:rewt-keys}:caller-0:epoch"),
            await server.CliAsync("GET", "{pairs:rewt-keys}:caller-1:epoch"),
            await server.CliAsync("HGET", "{rewt:rewt-secret}:apps", "acme"));
    }

    private static void Fast(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMilliseconds(500);

    private static async Task<bool> IsAsync(RedisServer server, string line)
    {
        try
        {
            return (await server.CliAsync("INFO", "replication")).Split("\r\n").Contains(line, StringComparer.Ordinal);
        }
        catch (IOException)
        {
            // A server closes its connections when its role changes.
            return false;
        }
    }
}
