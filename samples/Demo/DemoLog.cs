namespace Rewt.Samples.Demo;

/// <summary>Progress and what the services say, on stderr, or kept for the live view while that has the screen.</summary>
internal sealed class DemoLog
{
    private readonly Lock _gate = new();
    private readonly Queue<string> _kept = new();

    /// <summary>How many of the last lines to keep instead of printing; 0 prints.</summary>
    public int Keep { get; set; }

    /// <summary>From here on nothing is news: services that are being ended complain about each other.</summary>
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
