using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rewt.Samples.Demo;

/// <summary>Garnet, a Redis-compatible server, installed as a local .NET tool of this repository.</summary>
internal sealed class EmbeddedServer : IAsyncDisposable
{
    // Below the ephemeral port range. Within it, a client that reconnects to a stopped server can connect to itself.
    private const int FirstPort = 12_000;
    private const int LastPort = 32_000;
    private const int Attempts = 3;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _process;

    private EmbeddedServer(ChildProcess process, int port) => (_process, Address) = (process, Endpoint(port));

    public string Address { get; }

    public static async Task<EmbeddedServer> StartAsync(Action<string> log, CancellationToken cancellationToken)
    {
        var root = RepositoryRoot();
        await RestoreToolsAsync(root, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var server = new EmbeddedServer(ChildProcess.Start(root, Command(port), new Dictionary<string, string>(), log), port);
            if (await server.AnswersAsync(port, cancellationToken)) return server;

            await server.DisposeAsync();
            if (attempt == Attempts) throw new DemoException($"The embedded server did not start on {server.Address}; use --redis host:port instead.");
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    // Scripts are atomic only in transaction mode. The sampling interval makes INFO commandstats current within a second.
    private static string[] Command(int port) =>
    [
        "garnet-server", "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "-m", "16m", "-p", "1m", "-s", "16m", "-i", "1m",
        "--lua", "--lua-transaction-mode", "-q", "--commandstats-monitor", "--metrics-sampling-freq", "1",
    ];

    private async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < StartLimit && !_process.HasExited)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
        }

        return false;
    }

    private static async Task RestoreToolsAsync(string root, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(ChildProcess.Dotnet, ["tool", "restore"])
        {
            WorkingDirectory = root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var restore = Process.Start(start)!;
        var output = restore.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = restore.StandardError.ReadToEndAsync(cancellationToken);
        await restore.WaitForExitAsync(cancellationToken);
        if (restore.ExitCode != 0) throw new DemoException($"dotnet tool restore failed:\n{await output}{await errors}");
    }

    private static string RepositoryRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, ".config", "dotnet-tools.json"))) return directory.FullName;
        }

        throw new DemoException("The demo is not in its repository, which is needed for the embedded server; use --redis host:port instead.");
    }

    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, LastPort);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // The port is in use; the loop tries another one.
            }
        }
    }

    private static string Endpoint(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
}
