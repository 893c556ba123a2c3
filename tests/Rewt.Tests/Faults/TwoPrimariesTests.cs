using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Tests two servers that are both primaries, as when the old primary returns after a failover.</summary>
public sealed class TwoPrimariesTests(ITestOutputHelper output)
{
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
        await using var first = await RedisServer.StartAsync(RedisServerKind.Real, "--repl-diskless-sync-delay", "0");
        await using var second = await RedisServer.StartAsync(RedisServerKind.Real, "--repl-diskless-sync-delay", "0");
        // A command is used instead of an argument, so that the server is a primary again after a restart.
        await second.CommandAsync("REPLICAOF", "127.0.0.1", first.Port);
        await Eventually.TrueAsync(async () => await IsAsync(second, "master_link_status:up"), "the replica is synchronized");
        await using var sentinel = await Sentinels.StartAsync(first);
        await using var fleet = await Fleet.StartAsync(sentinel.ConnectionString, 2, 2, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        var traffic = fleet.StartTraffic(callsPerSecond: 100);
        var (primary, replica) = (first, second);

        for (var failover = 0; failover < failovers; failover++)
        {
            await Replication.WaitUntilSyncedAsync(primary, replica);
            await sentinel.WaitUntilPromotableAsync();
            var before = await primary.CliAsync("HGET", "{rewt:rewt-secret}:ring", Epoch);
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

            await Eventually.TrueAsync(
                async () => await Record.ExceptionAsync(() => fleet.Callers[0].Ring.RotateAsync(Cancellation)) is null, "the key ring can be written");
            await Eventually.TrueAsync(async () => (await fleet.CurrentKeysAsync()).Distinct().Count() == 1, "all instances have the same key");
            (await primary.CliAsync("HGET", "{rewt:rewt-secret}:ring", Epoch)).ShouldBe(before);
        }

        await traffic.StopAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{failovers} failovers, {traffic.Calls} calls, {fleet.Refused} retried"));
        traffic.Failures.ShouldBeEmpty();
    }

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
