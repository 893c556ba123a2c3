using Rewt.Tests.Operations;
using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>The ways in which Redis is run: 32 callers go on through what happens to each, and afterwards the keys rotate.</summary>
[Trait("Category", "Long")]
public sealed class DeploymentTests(ITestOutputHelper output)
{
    private const int Callers = 32;
    private const int Callees = 2;
    private const string Key = "rewt:rewt-secret";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_behind_TLS_fails_no_call(bool clientsNeedCertificates)
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

        await NoCallFailsAsync(
            redis.ConnectionString,
            async () =>
            {
                await AllInstancesAsync(redis, $" laddr=127.0.0.1:{port} ");
                await redis.RestartAsync();
            },
            options => (options.Redis, options.ConfigurationOptions) = (null, configuration));
    }

    [Fact]
    public async Task A_restart_fails_no_call_of_a_user_with_the_rights_that_the_tool_prints()
    {
        var rules = (await ToolRun.RunAsync("acl", "--role", "signer", "-o", "json")).Well().Json.GetProperty("rules").EnumerateArray().Select(rule => rule.GetString()!);
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, ["--user", "orders", "on", ">of-a-test", .. rules]);

        await NoCallFailsAsync($"{redis.ConnectionString},user=orders,password=of-a-test", async () =>
        {
            await AllInstancesAsync(redis, " user=orders ");
            ((object?[])(await redis.CommandAsync("ACL", "LOG"))!).ShouldBeEmpty();
            await redis.RestartAsync();
        });

        ((object?[])(await redis.CommandAsync("ACL", "LOG"))!).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_fails_no_call_over_RESP3()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);

        await NoCallFailsAsync($"{redis.ConnectionString},protocol=resp3", async () =>
        {
            await AllInstancesAsync(redis, " resp=3");
            await redis.RestartAsync();
        });
    }

    [Fact]
    public async Task A_primary_that_is_killed_and_replaced_by_Sentinel_fails_no_call()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var replica = await Servers.StartReplicaAsync(primary);
        await using var sentinels = await Sentinels.StartAsync(primary, 3);

        // The client holds a thread for each connection while it asks the sentinels. 34 instances in one process would wait a minute for the pool to grow.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(6 * (Callers + Callees), completions).ShouldBeTrue();
        try
        {
            await NoCallFailsAsync(sentinels.ConnectionString, async () =>
            {
                await Servers.SyncedAsync(primary, replica);
                await primary.KillAsync();
                await sentinels.PromoteAsync(replica);
            });
        }
        finally
        {
            ThreadPool.SetMinThreads(workers, completions);
        }

        (await replica.GetAsync(Key)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_primary_of_a_cluster_that_is_killed_and_replaced_fails_no_call()
    {
        await using var cluster = await ClusterOfThree.StartAsync();
        var owner = await cluster.OwnerAsync(Key);
        await using (var seed = await Instance.StartWarmAsync(cluster.ConnectionString)) await seed.SignAsync();
        var replica = await cluster.AddReplicaOfAsync(owner);

        await NoCallFailsAsync(cluster.ConnectionString, async () =>
        {
            await Servers.SyncedAsync(owner, replica);
            await owner.KillAsync();
            // The cluster's own election may take half a minute on a busy machine, and is not what is tested.
            await replica.CommandAsync("CLUSTER", "FAILOVER", "TAKEOVER");
            await Eventually.TrueAsync(
                async () => (await replica.CliAsync("INFO", "replication")).Contains("role:master", StringComparison.Ordinal), "the replica takes over");
        });
    }

    [Fact]
    public async Task A_slot_that_moves_to_another_node_of_a_cluster_fails_no_call()
    {
        await using var cluster = await ClusterOfThree.StartAsync();
        var owner = await cluster.OwnerAsync(Key);
        var target = cluster.Masters.First(server => server != owner);

        await NoCallFailsAsync(cluster.ConnectionString, () => cluster.MoveSlotAsync(Key, owner, target));

        (await target.GetAsync(Key)).ShouldNotBeNull();
    }

    /// <summary>Calls before, during and after what happens to Redis, until a rotation has reached every instance.</summary>
    private async Task NoCallFailsAsync(string redis, Func<Task> disturb, Action<RewtOptions>? settings = null)
    {
        await using var fleet = await Fleet.StartAsync(redis, Callers, Callees, options =>
        {
            options.RefreshInterval = TimeSpan.FromMilliseconds(500);
            settings?.Invoke(options);
        });
        var before = (await fleet.CurrentKeysAsync())[0];
        var traffic = fleet.Drive(callsPerSecond: 150);
        await EachCallsAsync(traffic);

        await disturb();
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => fleet.Callers[0].Ring.RotateAsync(Cancellation)) is null, "the keys can be written again");
        await Eventually.TrueAsync(async () => (await fleet.CurrentKeysAsync()) is var keys && keys[0] != before && keys.Distinct().Count() == 1, "all instances have the new key");
        await EachCallsAsync(traffic);
        await traffic.StopAsync();

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{traffic.Calls} calls, {fleet.Refused} retried"));
        traffic.Failures.ShouldBeEmpty();
    }

    /// <summary>Waits until each caller has called each callee twice more.</summary>
    private static Task EachCallsAsync(Traffic traffic)
    {
        var enough = traffic.Calls + (2 * Callers * Callees);
        return Eventually.TrueAsync(() => traffic.Calls >= enough, "each caller calls");
    }

    private static async Task AllInstancesAsync(RedisServer redis, string connection) =>
        (await redis.CliAsync("CLIENT", "LIST")).Split('\n').Count(line => line.Contains(connection, StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(Callers + Callees);
}
