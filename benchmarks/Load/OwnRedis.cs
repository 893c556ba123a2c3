using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Rewt.Load;

/// <summary>A redis-server of this run on a free loopback port, with its statistics.</summary>
internal sealed class OwnRedis : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConnectionMultiplexer _admin;

    private OwnRedis(Process process, ConnectionMultiplexer admin, string address) => (_process, _admin, Address) = (process, admin, address);

    public string Address { get; }

    public static async Task<OwnRedis> StartAsync()
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var port = FreePort();
            var start = new ProcessStartInfo("redis-server", $"--port {port} --bind 127.0.0.1 --save \"\" --appendonly no --dir {Path.GetTempPath()} --dbfilename rewt-load-{port}.rdb --maxclients 20000") { RedirectStandardOutput = true, UseShellExecute = false };
            var process = Process.Start(start) ?? throw new InvalidOperationException("redis-server does not start; install it to measure.");
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            await Task.Delay(500);
            if (process.HasExited) continue;

            var address = $"127.0.0.1:{port}";
            return new OwnRedis(process, await ConnectionMultiplexer.ConnectAsync(address + ",allowAdmin=true"), address);
        }

        throw new InvalidOperationException("redis-server found no free port.");
    }

    /// <summary>Returns the number of commands so far. Each call of this class itself adds two.</summary>
    public Task<long> CommandsAsync() => StatAsync("total_commands_processed");

    public async Task<long> BytesAsync() => await StatAsync("total_net_input_bytes") + await StatAsync("total_net_output_bytes");

    public async Task<long> ConnectionsAsync() => (await InfoAsync("clients", "connected_clients"));

    /// <summary>Makes this server a replica of another one and waits until it is in step, or makes it a primary.</summary>
    public async Task FollowAsync(OwnRedis? primary)
    {
        var server = _admin.GetServer(Address);
        await server.ReplicaOfAsync(primary?._admin.GetServer(primary.Address).EndPoint!);
        while (primary is not null && (await server.InfoAsync("replication")).SelectMany(group => group).First(pair => pair.Key == "master_link_status").Value != "up") await Task.Delay(20);
    }

    /// <summary>Stops the process of the server, so that it keeps its connections and answers nothing.</summary>
    public Task SuspendAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Ends the server as a crash does.</summary>
    public void Kill() => _process.Kill();

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
