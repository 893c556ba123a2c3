using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Rewt.Load;

/// <summary>A redis-server process on a free loopback port, with its statistics.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly int _port;
    private readonly ConnectionMultiplexer _admin;
    private Process _process;

    private RedisProcess(Process process, ConnectionMultiplexer admin, int port) => (_process, _admin, _port) = (process, admin, port);

    public string Address => AddressOf(_port);

    public static async Task<RedisProcess> StartAsync()
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var port = FreePort();
            var process = Launch(port);
            await Task.Delay(500);
            if (process.HasExited) continue;

            return new RedisProcess(process, await ConnectionMultiplexer.ConnectAsync(AddressOf(port) + ",allowAdmin=true"), port);
        }

        throw new InvalidOperationException("redis-server found no free port.");
    }

    /// <summary>Returns the number of commands so far. Each call of this class itself adds two.</summary>
    public Task<long> CommandsAsync() => StatAsync("total_commands_processed");

    public async Task<long> BytesAsync() => await StatAsync("total_net_input_bytes") + await StatAsync("total_net_output_bytes");

    public async Task<long> ConnectionsAsync() => (await InfoAsync("clients", "connected_clients"));

    /// <summary>Makes this server a replica of another one and waits until it is synchronized, or makes this server a primary.</summary>
    public async Task FollowAsync(RedisProcess? primary)
    {
        var server = _admin.GetServer(Address);
        await server.ReplicaOfAsync(primary?._admin.GetServer(primary.Address).EndPoint!);
        while (primary is not null && (await server.InfoAsync("replication")).SelectMany(group => group).First(pair => pair.Key == "master_link_status").Value != "up") await Task.Delay(20);
    }

    /// <summary>Suspends the process of the server, so that it keeps its connections but does not respond.</summary>
    public Task SuspendAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Ends the process of the server, as in a crash.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Starts an empty server in place of one that was killed.</summary>
    public async Task RestartAsync()
    {
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = Launch(_port);
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.CloseAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static string AddressOf(int port) => $"127.0.0.1:{port}";

    private static Process Launch(int port)
    {
        var start = new ProcessStartInfo("redis-server", $"--port {port} --bind 127.0.0.1 --save \"\" --appendonly no --dir {Path.GetTempPath()} --dbfilename rewt-load-{port}.rdb --maxclients 20000") { RedirectStandardOutput = true, UseShellExecute = false };
        var process = Process.Start(start) ?? throw new InvalidOperationException("redis-server does not start. Install redis-server.");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private Task<long> StatAsync(string name) => InfoAsync("stats", name);

    private async Task<long> InfoAsync(string section, string name)
    {
        var groups = await _admin.GetServer(Address).InfoAsync(section);
        return long.Parse(groups.SelectMany(group => group).First(pair => pair.Key == name).Value, CultureInfo.InvariantCulture);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
