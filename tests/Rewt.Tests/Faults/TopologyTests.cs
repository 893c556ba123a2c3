namespace Rewt.Tests.Faults;

public sealed class TopologyTests(ITestOutputHelper output)
{
    private const string Key = "rewt:rewt-secret";
    private static readonly string[] OtherKeys = ["{rewt:rewt-secret}:ring", "{rewt:rewt-secret}:dead", "{rewt:rewt-secret}:instances"];

    [Fact]
    public async Task The_key_life_cycle_works_in_a_cluster_with_all_Redis_keys_in_one_slot()
    {
        await using var cluster = await ClusterOfThree.StartAsync();
        await using var one = await Instance.StartWarmAsync(cluster.ConnectionString);
        await using var two = await Instance.StartWarmAsync(cluster.ConnectionString);
        await KeyLifeCycle.AssertWorksAsync(one, two);

        var owner = await cluster.OwnerAsync(Key);
        foreach (var otherKey in OtherKeys) ((long)(await owner.CommandAsync("EXISTS", otherKey))!).ShouldBe(1, otherKey);
        foreach (var other in cluster.Masters.Where(server => server != owner)) (await other.DbSizeAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Resharding_a_cluster_under_load_fails_no_call_and_loses_no_key()
    {
        await using var cluster = await ClusterOfThree.StartAsync();
        await using var fleet = await Fleet.StartAsync(cluster.ConnectionString, 2, 2, Fast);
        var before = await fleet.CurrentKeysAsync();
        var owner = await cluster.OwnerAsync(Key);
        var target = cluster.Masters.First(server => server != owner);

        await fleet.AssertNoCallFailsAsync(output, async () =>
        {
            await cluster.MoveSlotAsync(Key, owner, target);
            await fleet.RotateAndWaitAsync(before);
        });

        (await fleet.Callers[0].Ring.GetAsync(Cancellation)).Keys
            .ShouldContain(key => key.KeyId == before[0] && key.State == RewtKeyState.Retired);
    }

    [Fact]
    public async Task Key_pairs_are_read_while_their_cluster_slot_is_being_moved()
    {
        const string Epoch = "{rewt:rewt-keys}:orders:epoch";
        await using var cluster = await ClusterOfThree.StartAsync();
        await using var orders = await Instance.StartWarmAsync(cluster.ConnectionString, Named("orders"));
        await using var inventory = await Instance.StartWarmAsync(cluster.ConnectionString, Named("inventory"));
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        var owner = await cluster.OwnerAsync(Epoch);
        var target = cluster.Masters.First(server => server != owner);
        var slot = (long)(await owner.CommandAsync("CLUSTER", "KEYSLOT", Epoch))!;

        await target.CommandAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", await ClusterOfThree.IdAsync(owner));
        await owner.CommandAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", await ClusterOfThree.IdAsync(target));
        await owner.CommandAsync("MIGRATE", "127.0.0.1", target.Port, Epoch, 0, 5000);

        for (var read = 0; read < 3; read++) await inventory.Provider.RefreshAsync(Cancellation);
        inventory.Log.Text.ShouldNotContain("StoreUnavailable");
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);

        static Action<RewtOptions> Named(string service) => options => (options.KeyMode, options.ServiceName) = (KeyMode.KeyPair, service);
    }

    [Fact]
    public async Task Swapping_primary_and_replica_behind_one_address_fails_no_call()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(primary.Port);
        await using var fleet = await Fleet.StartAsync(proxy.ConnectionString, 2, 2, Fast);
        await using var replica = await Replication.StartReplicaAsync(primary);
        await Replication.WaitUntilSyncedAsync(primary, replica);
        var before = await fleet.CurrentKeysAsync();

        await fleet.AssertNoCallFailsAsync(output, async () =>
        {
            // First, connections lead to the replica before its promotion. No data may be read from it.
            proxy.RedirectConnections(replica.Port);
            await Eventually.TrueAsync(
                () => fleet.Hosts.All(host => host.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal)), "all services have tried to read from the replica");
            await replica.CommandAsync("REPLICAOF", "NO", "ONE");
            await primary.CommandAsync("REPLICAOF", "127.0.0.1", replica.Port);
            await fleet.RotateAndWaitAsync(before);
        });
    }

    [Fact]
    public async Task A_write_succeeds_on_the_second_attempt_after_a_host_name_moves_to_the_new_primary()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(primary.Port);
        await using var instance = await Instance.StartWarmAsync(proxy.ConnectionString);
        await using var replica = await Replication.StartReplicaAsync(primary);
        await Replication.WaitUntilSyncedAsync(primary, replica);
        var before = await instance.CurrentAsync();

        proxy.RedirectNewConnections(replica.Port);
        await replica.CommandAsync("REPLICAOF", "NO", "ONE");
        await primary.CommandAsync("REPLICAOF", "127.0.0.1", replica.Port);
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.Ring.RotateAsync(Cancellation));

        (await instance.Ring.RotateAsync(Cancellation)).Current!.KeyId.ShouldNotBe(before);
    }

    [Fact]
    public async Task The_key_life_cycle_works_on_Garnet()
    {
        await using var garnet = await RedisServer.StartAsync(RedisServerKind.Garnet);
        await KeyLifeCycle.AssertWorksAsync(garnet.ConnectionString);
    }

    private static void Fast(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMilliseconds(500);
}
