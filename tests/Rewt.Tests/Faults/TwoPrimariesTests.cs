using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Two servers that both call themselves primary, as after a failover whose old primary returns.</summary>
public sealed class TwoPrimariesTests(ITestOutputHelper output)
{
    private const string Epoch = "epoch";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_primaries_are_an_outage_until_one_is_left(bool isMultiplexerOfApplication)
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var replica = await Servers.StartReplicaAsync(primary);
        var servers = $"{primary.ConnectionString},{replica.ConnectionString}";
        await using var multiplexer = isMultiplexerOfApplication ? await ConnectionMultiplexer.ConnectAsync(servers) : null;
        await using var service = await TestService.StartAsync(servers, settings: options => (options.Redis, options.RefreshInterval) = (multiplexer is null ? servers : null, TimeSpan.FromMilliseconds(500)), configure: builder =>
        {
            if (multiplexer is not null) builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer);
        });
        service.Log.Text.Contains("Rewt uses the registered IConnectionMultiplexer", StringComparison.Ordinal).ShouldBe(isMultiplexerOfApplication);
        var before = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;
        var token = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        await Eventually.TrueAsync(async () => await primary.CliAsync("ZCARD", "{rewt:rewt-secret}:instances") == "1", "it has announced itself, and writes no more");

        // The client library takes the promoted server for a replica for up to a minute.
        await Servers.DetachAsync(primary, replica);
        await primary.FlushAllAsync();
        await Eventually.TrueAsync(() => service.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "it is an outage");

        service.Log.Text.ShouldContain("are primaries");
        foreach (var one in new[] { token, await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation) })
        {
            using var answer = await service.CallAsync(one);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await primary.DbSizeAsync()).ShouldBe(0);

        await primary.CommandAsync("REPLICAOF", "127.0.0.1", replica.Port);
        await Eventually.TrueAsync(() => service.Log.Text.Contains("StoreAvailable", StringComparison.Ordinal), "one is left");
        (await service.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldBe(before);
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => service.Ring.RotateAsync(Cancellation)) is null, "the ring can be written");
    }

    [Fact]
    public async Task Two_addresses_of_one_server_are_one_primary()
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
    public async Task The_old_primary_that_returns_to_a_sentinel_costs_no_call()
    {
        // A longer run has REWT_FAILOVERS of them.
        var failovers = int.TryParse(Environment.GetEnvironmentVariable("REWT_FAILOVERS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 2;
        await using var first = await RedisServer.StartAsync(RedisServerKind.Real, "--repl-diskless-sync-delay", "0");
        await using var second = await RedisServer.StartAsync(RedisServerKind.Real, "--repl-diskless-sync-delay", "0");
        // By a command, so that it too calls itself primary when it is started again.
        await second.CommandAsync("REPLICAOF", "127.0.0.1", first.Port);
        await Eventually.TrueAsync(async () => await IsAsync(second, "master_link_status:up"), "the replica follows");
        await using var sentinel = await Sentinels.StartAsync(first);
        await using var fleet = await Fleet.StartAsync(sentinel.ConnectionString, 2, 2, options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        var traffic = fleet.Drive(callsPerSecond: 100);
        var (primary, replica) = (first, second);

        for (var failover = 0; failover < failovers; failover++)
        {
            await Servers.SyncedAsync(primary, replica);
            await sentinel.MayPromoteAsync();
            var before = await primary.CliAsync("HGET", "{rewt:rewt-secret}:ring", Epoch);
            await primary.KillAsync();
            await Eventually.TrueAsync(async () => await sentinel.NameAsync(replica) && await IsAsync(replica, "role:master"), "the replica is promoted");
            await primary.RestartAsync();
            // Both servers call themselves primary for about as long as a sentinel takes to make the old one a replica, which on a busy machine is no measure.
            var restarted = TimeProvider.System.GetTimestamp();
            await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(restarted) > TimeSpan.FromSeconds(10), "time passes");
            // A sentinel that does the same at this moment ends the connection.
            await Eventually.TrueAsync(
                async () => await Record.ExceptionAsync(() => primary.CommandAsync("REPLICAOF", "127.0.0.1", replica.Port)) is not IOException, "the old primary is told to follow");
            await Eventually.TrueAsync(async () => await IsAsync(primary, "master_link_status:up"), "the old primary is a replica");
            (primary, replica) = (replica, primary);

            await Eventually.TrueAsync(
                async () => await Record.ExceptionAsync(() => fleet.Callers[0].Ring.RotateAsync(Cancellation)) is null, "the ring can be written");
            await Eventually.TrueAsync(async () => (await fleet.CurrentKeysAsync()).Distinct().Count() == 1, "all have one key");
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
            // A server whose role changes ends its connections.
            return false;
        }
    }
}
