namespace Rewt.Samples.Demo;

/// <summary>Writes progress and the services' output to standard error, or keeps the last lines for the live view.</summary>
internal sealed class DemoLog
{
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

    public void Write(string line)
    {
        lock (_gate)
        {
            if (IsClosed) return;
            if (Keep == 0)
            {
                Console.Error.WriteLine(line);
                return;
            }

            _kept.Enqueue(line);
            if (_kept.Count > Keep) _kept.Dequeue();
        }
    }
}
