namespace Rewt.Tests.Infrastructure;

/// <summary>A server in its own process group that is terminated when this process exits.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // The server is killed when this process closes its end of the pipe, which also happens if the test host crashes. A process group is used
    // because `dotnet <tool>` starts a second process.
    private const string Supervisor =
        """
        exec 3<&0
        set -m
        "$@" </dev/null 3<&- &
        server=$!
        echo "$server"
        (read -r _ <&3; kill -KILL -- "-$server") &
        watch=$!
        set +m
        wait "$server"
        kill -KILL -- "-$watch"
        """;

    private readonly Process _supervisor;
    private readonly TaskCompletionSource<string> _group = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly List<string> _output = [];

    private ServerProcess(Process supervisor) => _supervisor = supervisor;

    public bool HasExited => _supervisor.HasExited;

    public string Output
    {
        get
        {
            lock (_gate)
            {
                return string.Join(Environment.NewLine, _output);
            }
        }
    }

    public static ServerProcess Start(string workingDirectory, IEnumerable<string> command)
    {
        var supervisor = new Process
        {
            StartInfo = new ProcessStartInfo("bash", ["-c", Supervisor, "supervisor", .. command])
            {
                WorkingDirectory = workingDirectory,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var server = new ServerProcess(supervisor);
        supervisor.OutputDataReceived += server.OnOutput;
        supervisor.ErrorDataReceived += server.OnOutput;
        supervisor.Start();
        supervisor.BeginOutputReadLine();
        supervisor.BeginErrorReadLine();
        return server;
    }

    /// <summary>Sends a signal such as STOP to the server and its children.</summary>
    public async Task SignalAsync(string signal)
    {
        var group = await _group.Task;
        using var kill = Process.Start("bash", ["-c", "kill -s \"$1\" -- \"-$2\"", "kill", signal, group]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"No {signal} to process group {group}.");
        }
    }

    public async Task KillAsync()
    {
        _supervisor.StandardInput.Close();
        await _supervisor.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _supervisor.Dispose();
    }

    private void OnOutput(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null || IsGroup(line.Data))
        {
            return;
        }

        lock (_gate)
        {
            _output.Add(line.Data);
        }
    }

    // The first line of the supervisor is the process group. Servers do not print a line that is only a number.
    private bool IsGroup(string line) =>
        int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out _) && _group.TrySetResult(line);
}
