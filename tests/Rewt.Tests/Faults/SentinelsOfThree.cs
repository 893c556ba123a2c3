namespace Rewt.Tests.Faults;

/// <summary>Three Redis Sentinels on loopback that watch one primary under the name <c>mymaster</c>.</summary>
internal sealed class SentinelsOfThree : IAsyncDisposable
{
    private const string Name = "mymaster";

    private readonly ScratchDirectory _files = new();
    private readonly List<ServerProcess> _processes = [];
    private readonly List<int> _ports = [];

    public string ConnectionString => string.Join(',', _ports.Select(port => $"127.0.0.1:{port}").Append($"serviceName={Name}"));

    public static async Task<SentinelsOfThree> StartAsync(RedisServer primary)
    {
        var sentinels = new SentinelsOfThree();
        for (var index = 0; index < 3; index++) sentinels.Start(primary);
        foreach (var port in sentinels._ports)
        {
            await Eventually.TrueAsync(() => KnowsAllAsync(port), "each sentinel knows the two others and the replica");
        }

        return sentinels;
    }

    /// <summary>Has the sentinels put this server in the place of the primary, and waits until all of them name it.</summary>
    public async Task PromoteAsync(RedisServer server)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                if (await NameAsync(_ports[0], server)) return true;
                // Their own vote may be split again and again on a busy machine, and is not what is tested. A refusal says that a failover is under way.
                await Record.ExceptionAsync(() => AskAsync(_ports[0], "SENTINEL", "FAILOVER", Name));
                return false;
            },
            "a sentinel has promoted the replica");
        foreach (var port in _ports) await Eventually.TrueAsync(() => NameAsync(port, server), "all sentinels name the replica");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        _files.Dispose();
    }

    private static async Task<bool> KnowsAllAsync(int port)
    {
        try
        {
            return await AskAsync(port, "SENTINEL", "SENTINELS", Name) is object?[] { Length: 2 } && await AskAsync(port, "SENTINEL", "REPLICAS", Name) is object?[] { Length: 1 };
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> NameAsync(int port, RedisServer server) =>
        await AskAsync(port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", Name) is object?[] address && (string?)address[1] == server.Port.ToString(CultureInfo.InvariantCulture);

    private static async Task<object?> AskAsync(int port, params object[] command)
    {
        await using var client = await RespClient.ConnectAsync(port);
        return await client.CommandAsync(command);
    }

    private void Start(RedisServer primary)
    {
        var port = FreePort.Next();
        // A sentinel keeps in its file what it learns.
        var file = _files.Write(string.Create(CultureInfo.InvariantCulture, $"{port}.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            port {port}
            bind 127.0.0.1
            dir {_files.Path}
            sentinel monitor {Name} 127.0.0.1 {primary.Port} 2
            sentinel down-after-milliseconds {Name} 2000
            sentinel failover-timeout {Name} 10000

            """));
        _processes.Add(ServerProcess.Start(_files.Path, [Executables.RedisServer!, file, "--sentinel"]));
        _ports.Add(port);
    }
}
