namespace Rewt.Tests.Faults;

/// <summary>Runs Redis Sentinels on loopback that monitor one primary and its replica under the name <c>mymaster</c>.</summary>
internal sealed class Sentinels : IAsyncDisposable
{
    private const string Name = "mymaster";

    private readonly ScratchDirectory _files = new();
    private readonly List<ServerProcess> _processes = [];

    public List<int> Ports { get; } = [];

    public string ConnectionString => string.Join(',', Ports.Select(port => $"127.0.0.1:{port}").Append($"serviceName={Name}"));

    /// <summary>
    /// Lets the thread pool create threads at once until the result is disposed. The client library blocks a thread per connection while it queries the
    /// sentinels, and the commands of all tests would wait while the pool grows.
    /// </summary>
    public static IDisposable AllowBlockedThreads(int count)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, count), completions).ShouldBeTrue();
        return new Restored(() => ThreadPool.SetMinThreads(workers, completions));
    }

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

    /// <summary>Returns whether the first sentinel considers this server the primary.</summary>
    public Task<bool> IsPrimaryAsync(RedisServer server) => IsPrimaryAsync(Ports[0], server);

    /// <summary>Waits until the first sentinel can promote the replica.</summary>
    public Task WaitUntilPromotableAsync() => Eventually.TrueAsync(
        async () =>
        {
            var fields = (object?[])((object?[])(await AskAsync(Ports[0], "SENTINEL", "REPLICAS", Name))!)[0]!;
            return (string?)fields[Array.IndexOf(fields, "flags") + 1] == "slave" && (string?)fields[Array.IndexOf(fields, "master-link-status") + 1] == "ok";
        },
        "the sentinel can promote the replica");

    /// <summary>Requests a failover to this server and waits until all sentinels consider it the primary.</summary>
    public async Task PromoteAsync(RedisServer server)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                if (await IsPrimaryAsync(server)) return true;
                // The election is not tested here, because its votes may be split repeatedly on a busy machine. The command fails while a failover is in progress.
                await Record.ExceptionAsync(() => AskAsync(Ports[0], "SENTINEL", "FAILOVER", Name));
                return false;
            },
            "a sentinel has promoted the replica");
        foreach (var port in Ports) await Eventually.TrueAsync(() => IsPrimaryAsync(port, server), "all sentinels consider the replica the primary");
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

    private static async Task<bool> IsPrimaryAsync(int port, RedisServer server) =>
        await AskAsync(port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", Name) is object?[] address && (string?)address[1] == server.Port.ToString(CultureInfo.InvariantCulture);

    private static async Task<object?> AskAsync(int port, params object[] command)
    {
        await using var client = await RespClient.ConnectAsync(port);
        return await client.CommandAsync(command);
    }

    private void Start(RedisServer primary, int count)
    {
        var port = FreePort.Next();
        // A sentinel stores its state in its configuration file. It sends at most one PING per second. With a limit of one second it might consider a server that it
        // has just promoted unavailable, and promote the old primary again.
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

    private sealed class Restored(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
