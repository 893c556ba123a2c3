using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rewt.Benchmarks.Tenants;

/// <summary>A redis-server process, with its statistics.</summary>
internal sealed class RedisProcess : IDisposable
{
    private readonly Process _process;
    private readonly int _port;

    private RedisProcess(Process process, int port) => (_process, _port) = (process, port);

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    public static async Task<RedisProcess> StartAsync()
    {
        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var server = new RedisProcess(process, port);
        while (!await server.AnswersAsync()) await Task.Delay(50);
        return server;
    }

    public async Task<string> SendAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\nQUIT\r\n"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Returns a number from INFO.</summary>
    public async Task<long> InfoAsync(string field)
    {
        var line = (await SendAsync("INFO all")).Split("\r\n").Single(line => line.StartsWith(field + ":", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length + 1), CultureInfo.InvariantCulture);
    }

    /// <summary>Returns how often a command was called.</summary>
    public async Task<long> CallsAsync(string command)
    {
        var line = (await SendAsync("INFO commandstats")).Split("\r\n").FirstOrDefault(line => line.StartsWith($"cmdstat_{command}:calls=", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(line.IndexOf('=', StringComparison.Ordinal) + 1, line.IndexOf(',', StringComparison.Ordinal) - line.IndexOf('=', StringComparison.Ordinal) - 1), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await SendAsync("PING")).StartsWith("+PONG", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
