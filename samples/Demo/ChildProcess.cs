using System.Diagnostics;

namespace Rewt.Samples.Demo;

/// <summary>A .NET process with the startup hook. It ends when its standard input closes: on disposal, or when the demo ends.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public bool HasExited => _process.HasExited;

    public static ChildProcess Start(
        string workingDirectory, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, Action<string> onLine)
    {
        var start = new ProcessStartInfo(Dotnet, arguments)
        {
            WorkingDirectory = workingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Removes settings intended for other services or set by dotnet run.
        foreach (var name in start.Environment.Keys.Where(IsOther).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Demo.Probe.dll");

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += OnLine;
        process.ErrorDataReceived += OnLine;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process);

        void OnLine(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { Length: > 0 } text) onLine(text);
        }

        static bool IsOther(string name) =>
            name.StartsWith("Rewt__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            // Waits for the output too, so that every retry is counted.
            await _process.WaitForExitAsync().WaitAsync(StopTimeout);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
