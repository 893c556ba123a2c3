namespace Rewt.Tests.Faults;

/// <summary>Starts, synchronizes and detaches replicas.</summary>
internal static class Replication
{
    /// <summary>Starts a replica and waits until it is synchronized with its primary.</summary>
    public static async Task<RedisServer> StartReplicaAsync(RedisServer primary)
    {
        var replica = await RedisServer.StartAsync(
            RedisServerKind.Real, "--replicaof", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture));
        await Eventually.TrueAsync(
            async () => (await replica.CliAsync("INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal),
            "the replica is synchronized");
        return replica;
    }

    /// <summary>Detaches the replica, which becomes a primary. It does not receive later writes to the old primary.</summary>
    public static async Task DetachAsync(RedisServer primary, RedisServer replica)
    {
        await WaitUntilSyncedAsync(primary, replica);
        await replica.CommandAsync("REPLICAOF", "NO", "ONE");
    }

    /// <summary>Waits until the replica has received all writes of the primary.</summary>
    public static Task WaitUntilSyncedAsync(RedisServer primary, RedisServer replica) => Eventually.TrueAsync(
        async () => await OffsetAsync(primary) == await OffsetAsync(replica), "the replica has received all writes");

    private static async Task<string?> OffsetAsync(RedisServer server) =>
        (await server.CliAsync("INFO", "replication")).Split("\r\n").FirstOrDefault(line => line.StartsWith("master_repl_offset:", StringComparison.Ordinal));
}
