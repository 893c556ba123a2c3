using System.Globalization;

namespace Rewt.Samples.Demo;

/// <summary>One instance of a sample service, on a port chosen by the operating system.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private const string Retries = "@rewt.client.retries ";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _name;
    private readonly Tally _tally;
    private readonly Action<string, string> _log;
    private readonly ChildProcess _process;

    public ServiceProcess(string service, int number, IReadOnlyDictionary<string, string> settings, Tally tally, Action<string, string> log)
    {
        (_name, _tally, _log) = (string.Create(CultureInfo.InvariantCulture, $"{service.ToLowerInvariant()}-{number}"), tally, log);
        var directory = Directory(service);
        _process = ChildProcess.Start(directory, [Path.Combine(directory, $"{service}.dll"), "--urls", "http://127.0.0.1:0"], settings, OnLine);
    }

    public async Task<Uri> AddressAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!_address.Task.IsCompleted)
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(started) > StartLimit) throw new DemoException($"{_name} did not start; see its output above.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }

        return await _address.Task;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Returns the output directory of a sample, which has the same path under each sample's folder.</summary>
    private static string Directory(string service)
    {
        var samples = new DirectoryInfo(AppContext.BaseDirectory);
        while (samples is not null && samples.Name != "Demo") samples = samples.Parent;
        var output = samples is null ? null : Path.GetRelativePath(samples.FullName, AppContext.BaseDirectory);
        var directory = output is null ? null : Path.Combine(samples!.Parent!.FullName, service, output);
        return directory is not null && File.Exists(Path.Combine(directory, $"{service}.dll"))
            ? directory
            : throw new DemoException($"{service}.dll was not built beside the demo; start it with dotnet run --project samples/Demo.");
    }

    private void OnLine(string line)
    {
        if (line.StartsWith(Retries, StringComparison.Ordinal))
        {
            _tally.Retried(long.Parse(line.AsSpan(Retries.Length), CultureInfo.InvariantCulture));
        }
        else if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            _address.TrySetResult(new Uri(line[(at + Listening.Length)..]));
        }
        else if (!IsLifetime(line))
        {
            _log(_name, line);
        }
    }

    private static bool IsLifetime(string line) =>
        line.Contains("Microsoft.Hosting.Lifetime", StringComparison.Ordinal)
        || line.TrimStart() is var text
        && (text.StartsWith("Application ", StringComparison.Ordinal) || text.StartsWith("Hosting environment", StringComparison.Ordinal) || text.StartsWith("Content root", StringComparison.Ordinal));
}
