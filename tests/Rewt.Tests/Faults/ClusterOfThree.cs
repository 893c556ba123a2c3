namespace Rewt.Tests.Faults;

/// <summary>Runs a Redis Cluster of three masters on loopback, to which replicas can be added.</summary>
internal sealed class ClusterOfThree : IAsyncDisposable
{
    private const int Slots = 16384;
    private readonly List<RedisServer> _servers = [];

    public string ConnectionString => string.Join(',', _servers.Select(server => server.ConnectionString));

    public IReadOnlyList<RedisServer> Masters => _servers[..3];

    public static async Task<ClusterOfThree> StartAsync()
    {
        var cluster = new ClusterOfThree();
        for (var index = 0; index < 3; index++)
        {
            var server = await cluster.AddAsync();
            await server.CommandAsync("CLUSTER", "ADDSLOTSRANGE", Slots * index / 3, (Slots * (index + 1) / 3) - 1);
        }

        await cluster.WaitUntilReadyAsync();
        return cluster;
    }

    public static async Task<string> IdAsync(RedisServer server) => await server.CliAsync("CLUSTER", "MYID");

    /// <summary>Returns the master that owns the slot of a key.</summary>
    public async Task<RedisServer> OwnerAsync(string key)
    {
        foreach (var server in Masters)
        {
            var redirection = await Record.ExceptionAsync(() => server.CommandAsync("EXISTS", key));
            if (redirection is null) return server;
        }

        throw new InvalidOperationException($"No node owns the slot of {key}.");
    }

    public async Task<RedisServer> AddReplicaOfAsync(RedisServer master)
    {
        var replica = await AddAsync();
        var id = await IdAsync(master);
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => replica.CommandAsync("CLUSTER", "REPLICATE", id)) is null, "the replica knows its master");
        await Eventually.TrueAsync(
            async () => (await replica.CliAsync("INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal), "the replica is synchronized");
        // A replica that is known only to its master could not reach the other nodes after the master fails.
        await WaitUntilReadyAsync();
        return replica;
    }

    /// <summary>Moves the slot of a key and its content to another node, as resharding does.</summary>
    public async Task MoveSlotAsync(string key, RedisServer from, RedisServer to)
    {
        var slot = (long)(await from.CommandAsync("CLUSTER", "KEYSLOT", key))!;
        var (source, target) = (await IdAsync(from), await IdAsync(to));
        await to.CommandAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", source);
        await from.CommandAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", target);
        foreach (var storedKey in (object?[])(await from.CommandAsync("CLUSTER", "GETKEYSINSLOT", slot, 100))!)
        {
            await from.CommandAsync("MIGRATE", "127.0.0.1", to.Port, (string)storedKey!, 0, 5000);
            // The delay lets clients access the slot while it is partly moved.
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }

        foreach (var server in new[] { to, from }.Concat(Masters).Distinct()) await server.CommandAsync("CLUSTER", "SETSLOT", slot, "NODE", target);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private async Task<RedisServer> AddAsync()
    {
        var server = await RedisServer.StartAsync(
            RedisServerKind.Real, "--cluster-enabled", "yes", "--cluster-node-timeout", "15000", "--cluster-replica-no-failover", "yes", "--repl-diskless-sync-delay", "0",
            "--cluster-replica-validity-factor", "0");
        _servers.Add(server);
        if (_servers.Count > 1) await server.CommandAsync("CLUSTER", "MEET", "127.0.0.1", _servers[0].Port);
        return server;
    }

    private Task WaitUntilReadyAsync() => Eventually.TrueAsync(
        async () =>
        {
            foreach (var server in _servers)
            {
                var info = await server.CliAsync("CLUSTER", "INFO");
                if (!info.Contains("cluster_state:ok", StringComparison.Ordinal)) return false;
                if (!info.Contains(string.Create(CultureInfo.InvariantCulture, $"cluster_known_nodes:{_servers.Count}"), StringComparison.Ordinal)) return false;
            }

            return true;
        },
        "the cluster is complete");
}
