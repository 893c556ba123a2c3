namespace Rewt.Tests.Faults;

/// <summary>What tests do to servers beyond single commands.</summary>
internal static class Servers
{
    /// <summary>A replica that holds what its primary holds.</summary>
    public static async Task<RedisServer> StartReplicaAsync(RedisServer primary)
    {
        var replica = await RedisServer.StartAsync(
            RedisServerKind.Real, "--replicaof", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture), "--repl-diskless-sync-delay", "0");
        await Eventually.TrueAsync(
            async () => (await replica.CliAsync("INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal),
            "the replica follows");
        return replica;
    }

    /// <summary>The replica stops following and becomes a primary: what the old primary writes from now on is lost.</summary>
    public static async Task DetachAsync(RedisServer primary, RedisServer replica)
    {
        await SyncedAsync(primary, replica);
        await replica.CommandAsync("REPLICAOF", "NO", "ONE");
    }

    /// <summary>Waits until the replica holds all that the primary has written.</summary>
    public static Task SyncedAsync(RedisServer primary, RedisServer replica) => Eventually.TrueAsync(
        async () => await OffsetAsync(primary) == await OffsetAsync(replica), "the replica has all");

    private static async Task<string?> OffsetAsync(RedisServer server) =>
        (await server.CliAsync("INFO", "replication")).Split("\r\n").FirstOrDefault(line => line.StartsWith("master_repl_offset:", StringComparison.Ordinal));
}
