using Spectre.Console;

namespace Rewt.Samples.Demo;

/// <summary>Writes progress and the services' output to standard error, or keeps the last lines for the live view.</summary>
internal sealed class DemoLog
{
    public const int MaximumKept = 6;

    private readonly Lock _gate = new();
    private readonly Queue<string> _kept = new();

    /// <summary>The number of recent lines to keep instead of printing; 0 prints every line.</summary>
    public int Keep { get; set; }

    /// <summary>Whether output is discarded. Services that are being stopped log errors about each other.</summary>
    public bool IsClosed { get; set; }

    public IReadOnlyList<string> Kept
    {
        get
        {
            lock (_gate) return [.. _kept];
        }
    }

    /// <summary>
    /// Writes a line of a service, but no stack trace: on a busy machine a service may report that it waits for the server, which is no error of the demo.
    /// </summary>
    public void WriteOfService(string name, string line)
    {
        var text = line.TrimStart();
        if (!text.StartsWith("at ", StringComparison.Ordinal) && !text.StartsWith("---", StringComparison.Ordinal)) Write($"[{name}] {text}");
    }

    public void Write(string line)
    {
        lock (_gate)
        {
            if (IsClosed) return;
            if (Keep == 0)
            {
                foreach (var part in LiveView.Wrapped(line, Console.IsErrorRedirected ? int.MaxValue : AnsiConsole.Profile.Width - 1)) Console.Error.WriteLine(part);
                return;
            }

            _kept.Enqueue(line);
            if (_kept.Count > Keep) _kept.Dequeue();
        }
    }
}
