using Rewt.Tests.Operations;
using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Tests Redis deployments. 32 callers make calls during a restart or failover and during the key rotation that follows.</summary>
[Trait("Category", "Long")]
public sealed class DeploymentTests(ITestOutputHelper output)
{
    private const int Callers = 32;
    private const int Callees = 2;
    private const string Key = "rewt:rewt-secret";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restarting_Redis_fails_no_call_over_TLS(bool clientsNeedCertificates)
    {
        using var certificates = new TestCertificates();
        var port = FreePort.Next();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, certificates.ServerArguments(port, clientsNeedCertificates));
        var configuration = new ConfigurationOptions { EndPoints = { { "127.0.0.1", port } }, Ssl = true };
        configuration.TrustIssuer(certificates.Authority);
        if (clientsNeedCertificates)
        {
            await Should.ThrowAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(configuration));
            configuration.CertificateSelection += (_, _, _, _, _) => certificates.Client;
        }

        await AssertNoCallFailsAsync(
            redis.ConnectionString,
            async () =>
            {
                await WaitUntilAllConnectedAsync(redis, $" laddr=127.0.0.1:{port} ");
                await redis.RestartAsync();
            },
            options => (options.Redis, options.ConfigurationOptions) = (null, configuration));
    }

    [Fact]
    public async Task Restarting_Redis_fails_no_call_with_the_ACL_rules_that_the_tool_prints()
    {
        var rules = (await ToolRun.RunAsync("acl", "--role", "signer", "-o", "json")).Succeeds().Json.GetProperty("rules").EnumerateArray().Select(rule => rule.GetString()!);
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, ["--user", "orders", "on", ">of-a-test", .. rules]);

        await AssertNoCallFailsAsync($"{redis.ConnectionString},user=orders,password=of-a-test", async () =>
        {
            await WaitUntilAllConnectedAsync(redis, " user=orders ");
            ((object?[])(await redis.CommandAsync("ACL", "LOG"))!).ShouldBeEmpty();
            await redis.RestartAsync();
        });

        ((object?[])(await redis.CommandAsync("ACL", "LOG"))!).ShouldBeEmpty();
    }

    [Fact]
    public async Task Restarting_Redis_fails_no_call_over_RESP3()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);

        await AssertNoCallFailsAsync($"{redis.ConnectionString},protocol=resp3", async () =>
        {
            await WaitUntilAllConnectedAsync(redis, " resp=3");
            await redis.RestartAsync();
        });
    }

    [Fact]
    public async Task A_Sentinel_failover_after_a_primary_crash_fails_no_call()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var replica = await Replication.StartReplicaAsync(primary);
        await using var sentinels = await Sentinels.StartAsync(primary, 3);

        using var threads = Sentinels.AllowBlockedThreads(6 * (Callers + Callees));

        await AssertNoCallFailsAsync(sentinels.ConnectionString, async () =>
        {
            await Replication.WaitUntilSyncedAsync(primary, replica);
            await primary.KillAsync();
            await sentinels.PromoteAsync(replica);
        });

        (await replica.GetAsync(Key)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_cluster_failover_after_a_primary_crash_fails_no_call()
    {
        await using var cluster = await ClusterOfThree.StartAsync();
        var owner = await cluster.OwnerAsync(Key);
        await using (var seed = await Instance.StartWarmAsync(cluster.ConnectionString)) await seed.SignAsync();
        var replica = await cluster.AddReplicaOfAsync(owner);

        await AssertNoCallFailsAsync(cluster.ConnectionString, async () =>
        {
            await Replication.WaitUntilSyncedAsync(owner, replica);
            await owner.KillAsync();
            // The election of the cluster is not tested here. It may take half a minute on a busy machine.
            await replica.CommandAsync("CLUSTER", "FAILOVER", "TAKEOVER");
            await Eventually.TrueAsync(
                async () => (await replica.CliAsync("INFO", "replication")).Contains("role:master", StringComparison.Ordinal), "the replica becomes the primary");
        });
    }

    [Fact]
    public async Task Moving_a_slot_to_another_cluster_node_fails_no_call()
    {
        await using var cluster = await ClusterOfThree.StartAsync();
        var owner = await cluster.OwnerAsync(Key);
        var target = cluster.Masters.First(server => server != owner);

        await AssertNoCallFailsAsync(cluster.ConnectionString, () => cluster.MoveSlotAsync(Key, owner, target));

        (await target.GetAsync(Key)).ShouldNotBeNull();
    }

    /// <summary>Makes calls before, during and after a disturbance of Redis, until every instance has the key of the next rotation.</summary>
    private async Task AssertNoCallFailsAsync(string redis, Func<Task> disturb, Action<RewtOptions>? settings = null)
    {
        await using var fleet = await Fleet.StartAsync(redis, Callers, Callees, options =>
        {
            options.RefreshInterval = TimeSpan.FromMilliseconds(500);
            settings?.Invoke(options);
        });
        var before = (await fleet.CurrentKeysAsync())[0];
        var traffic = fleet.StartTraffic(callsPerSecond: 150);
        await WaitForCallsAsync(traffic);

        await disturb();
        await fleet.WaitUntilConnectedAsync();
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => fleet.Callers[0].Ring.RotateAsync(Cancellation)) is null, "the keys can be written again");
        await Eventually.TrueAsync(async () => (await fleet.CurrentKeysAsync()) is var keys && keys[0] != before && keys.Distinct().Count() == 1, "all instances have the new key");
        await WaitForCallsAsync(traffic);
        await traffic.StopAsync();

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{traffic.Calls} calls, {fleet.Refused} retried"));
        traffic.Failures.ShouldBeEmpty();
    }

    /// <summary>Waits until each caller has called each callee two more times.</summary>
    private static Task WaitForCallsAsync(Traffic traffic)
    {
        var target = traffic.Calls + (2 * Callers * Callees);
        return Eventually.TrueAsync(() => traffic.Calls >= target, "each caller has called each callee");
    }

    private static Task WaitUntilAllConnectedAsync(RedisServer redis, string connection) => Eventually.TrueAsync(
        async () => (await redis.CliAsync("CLIENT", "LIST")).Split('\n').Count(line => line.Contains(connection, StringComparison.Ordinal)) >= Callers + Callees, $"all instances have a connection with '{connection}'");
}
