namespace Rewt.Tests.Faults;

public sealed class TopologyTests(ITestOutputHelper output)
{
    private const string Key = "rewt:rewt-secret";
    private static readonly string[] Companions = ["{rewt:rewt-secret}:ring", "{rewt:rewt-secret}:dead", "{rewt:rewt-secret}:instances"];

    [Fact]
    public async Task In_a_cluster_all_keys_of_a_namespace_lie_in_one_slot_and_the_life_cycle_works()
    {
        await using var cluster = await ClusterOfThree.StartAsync();
        await using var one = await Instance.StartWarmAsync(cluster.ConnectionString);
        await using var two = await Instance.StartWarmAsync(cluster.ConnectionString);
        await LifeCycle.WorksAsync(one, two);

        var owner = await cluster.OwnerAsync(Key);
        foreach (var companion in Companions) ((long)(await owner.CommandAsync("EXISTS", companion))!).ShouldBe(1, companion);
        foreach (var other in cluster.Masters.Where(server => server != owner)) (await other.DbSizeAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Resharding_under_traffic_costs_no_call_and_no_key()
    {
        await using var cluster = await ClusterOfThree.StartAsync();
        await using var fleet = await Fleet.StartAsync(cluster.ConnectionString, 2, 2, Fast);
        var before = await fleet.CurrentKeysAsync();
        var owner = await cluster.OwnerAsync(Key);
        var target = cluster.Masters.First(server => server != owner);

        await fleet.CostsNoCallAsync(output, async () =>
        {
            await cluster.MoveSlotAsync(Key, owner, target);
            await fleet.RotatesAsync(before);
        });

        (await fleet.Callers[0].Ring.GetAsync(Cancellation)).Keys
            .ShouldContain(key => key.KeyId == before[0] && key.State == RewtKeyState.Retired);
    }

    [Fact]
    public async Task Key_pairs_in_a_slot_that_is_half_moved_are_read()
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
    public async Task A_primary_and_replica_swapped_behind_an_address_cost_no_call()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(primary.Port);
        await using var fleet = await Fleet.StartAsync(proxy.ConnectionString, 2, 2, Fast);
        await using var replica = await Servers.StartReplicaAsync(primary);
        await Servers.SyncedAsync(primary, replica);
        var before = await fleet.CurrentKeysAsync();

        await fleet.CostsNoCallAsync(output, async () =>
        {
            // First the replica while it still is one: nothing may be taken from it.
            proxy.SwapTo(replica.Port);
            await Eventually.TrueAsync(
                () => fleet.Hosts.All(host => host.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal)), "all have tried to read from the replica");
            await replica.CommandAsync("REPLICAOF", "NO", "ONE");
            await primary.CommandAsync("REPLICAOF", "127.0.0.1", replica.Port);
            await fleet.RotatesAsync(before);
        });
    }

    [Fact]
    public async Task A_server_that_became_a_replica_is_left_at_once_for_the_one_that_its_name_leads_to()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(primary.Port);
        await using var instance = await Instance.StartWarmAsync(proxy.ConnectionString);
        await using var replica = await Servers.StartReplicaAsync(primary);
        await Servers.SyncedAsync(primary, replica);
        var before = await instance.CurrentAsync();

        proxy.LeadNewTo(replica.Port);
        await replica.CommandAsync("REPLICAOF", "NO", "ONE");
        await primary.CommandAsync("REPLICAOF", "127.0.0.1", replica.Port);
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.Ring.RotateAsync(Cancellation));

        (await instance.Ring.RotateAsync(Cancellation)).Current!.KeyId.ShouldNotBe(before);
    }

    [Fact]
    public async Task The_embedded_server_does_for_the_whole_life_cycle()
    {
        await using var garnet = await RedisServer.StartAsync(RedisServerKind.Garnet);
        await LifeCycle.WorksAsync(garnet.ConnectionString);
    }

    private static void Fast(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMilliseconds(500);
}
