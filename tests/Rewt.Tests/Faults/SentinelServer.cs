namespace Rewt.Tests.Faults;

/// <summary>A Redis Sentinel that watches one primary, which it knows as "mymaster".</summary>
internal sealed class SentinelServer : IAsyncDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly ServerProcess _process;

    private SentinelServer(int primary)
    {
        var file = Path.Combine(_directory.Path, "sentinel.conf");
        // A sentinel sends a PING a second at most. With a limit of one second it may take a server that it has just promoted for dead, and promote the old one again.
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"""
            port {Port}
            bind 127.0.0.1
            sentinel monitor mymaster 127.0.0.1 {primary} 1
            sentinel down-after-milliseconds mymaster 3000
            sentinel failover-timeout mymaster 5000
            """));
        _process = ServerProcess.Start(_directory.Path, [Executables.RedisServer!, file, "--sentinel"]);
    }

    public int Port { get; } = FreePort.Next();

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port},serviceName=mymaster");

    /// <summary>A sentinel that knows the primary and its replica.</summary>
    public static async Task<SentinelServer> StartAsync(RedisServer primary)
    {
        var sentinel = new SentinelServer(primary.Port);
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(sentinel.ReplicasAsync) is null && (await sentinel.ReplicasAsync()).Length == 1,
            "the sentinel knows the replica");
        return sentinel;
    }

    /// <summary>The port of the server that the sentinel calls the primary.</summary>
    public async Task<int> PrimaryAsync()
    {
        await using var client = await RespClient.ConnectAsync(Port);
        var address = (object?[])(await client.CommandAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster"))!;
        return int.Parse((string)address[1]!, CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until the sentinel has the replica as one that it may promote.</summary>
    public Task MayPromoteAsync() => Eventually.TrueAsync(
        async () =>
        {
            var fields = (object?[])(await ReplicasAsync())[0]!;
            return (string?)fields[Array.IndexOf(fields, "flags") + 1] == "slave" && (string?)fields[Array.IndexOf(fields, "master-link-status") + 1] == "ok";
        },
        "the sentinel may promote the replica");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    private async Task<object?[]> ReplicasAsync()
    {
        await using var client = await RespClient.ConnectAsync(Port);
        return (object?[])(await client.CommandAsync("SENTINEL", "REPLICAS", "mymaster"))!;
    }
}
