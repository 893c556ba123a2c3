namespace Rewt.Tests.Faults;

/// <summary>Redis Sentinels on loopback that watch one primary and its replica under the name <c>mymaster</c>.</summary>
internal sealed class Sentinels : IAsyncDisposable
{
    private const string Name = "mymaster";

    private readonly ScratchDirectory _files = new();
    private readonly List<ServerProcess> _processes = [];

    public List<int> Ports { get; } = [];

    public string ConnectionString => string.Join(',', Ports.Select(port => $"127.0.0.1:{port}").Append($"serviceName={Name}"));

    public static async Task<Sentinels> StartAsync(RedisServer primary, int count = 1)
    {
        var sentinels = new Sentinels();
        for (var index = 0; index < count; index++) sentinels.Start(primary, count);
        foreach (var port in sentinels.Ports)
        {
            await Eventually.TrueAsync(() => KnowsAllAsync(port, count), "each sentinel knows the others and the replica");
        }

        return sentinels;
    }

    /// <summary>Whether the sentinel calls this server the primary.</summary>
    public Task<bool> NameAsync(RedisServer server) => NameAsync(Ports[0], server);

    /// <summary>Waits until the sentinel has the replica as one that it may promote.</summary>
    public Task MayPromoteAsync() => Eventually.TrueAsync(
        async () =>
        {
            var fields = (object?[])((object?[])(await AskAsync(Ports[0], "SENTINEL", "REPLICAS", Name))!)[0]!;
            return (string?)fields[Array.IndexOf(fields, "flags") + 1] == "slave" && (string?)fields[Array.IndexOf(fields, "master-link-status") + 1] == "ok";
        },
        "the sentinel may promote the replica");

    /// <summary>Has the sentinels put this server in the place of the primary, and waits until all of them name it.</summary>
    public async Task PromoteAsync(RedisServer server)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                if (await NameAsync(server)) return true;
                // Their own vote may be split again and again on a busy machine, and is not what is tested. A refusal says that a failover is under way.
                await Record.ExceptionAsync(() => AskAsync(Ports[0], "SENTINEL", "FAILOVER", Name));
                return false;
            },
            "a sentinel has promoted the replica");
        foreach (var port in Ports) await Eventually.TrueAsync(() => NameAsync(port, server), "all sentinels name the replica");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        _files.Dispose();
    }

    private static async Task<bool> KnowsAllAsync(int port, int count)
    {
        try
        {
            return await AskAsync(port, "SENTINEL", "SENTINELS", Name) is object?[] others && others.Length == count - 1
                && await AskAsync(port, "SENTINEL", "REPLICAS", Name) is object?[] { Length: 1 };
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

    private void Start(RedisServer primary, int count)
    {
        var port = FreePort.Next();
        // A sentinel keeps in its file what it learns. It sends a PING a second at most: with a limit of one second it may take a server that it has
        // just promoted for dead, and promote the old one again.
        var file = _files.Write(string.Create(CultureInfo.InvariantCulture, $"{port}.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            port {port}
            bind 127.0.0.1
            dir {_files.Path}
            sentinel monitor {Name} 127.0.0.1 {primary.Port} {(count / 2) + 1}
            sentinel down-after-milliseconds {Name} 3000
            sentinel failover-timeout {Name} {(count == 1 ? 5000 : 10000)}

            """));
        _processes.Add(ServerProcess.Start(_files.Path, [Executables.RedisServer!, file, "--sentinel"]));
        Ports.Add(port);
    }
}
