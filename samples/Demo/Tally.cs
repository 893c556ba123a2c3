namespace Rewt.Samples.Demo;

/// <summary>Counts completed calls; thread-safe.</summary>
internal sealed class Tally
{
    private const int Remembered = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<double> _latencies = new();
    private long _calls;
    private long _failures;
    private long _retries;

    public long Calls => Interlocked.Read(ref _calls);

    public long Failures => Interlocked.Read(ref _failures);

    public long Retries => Interlocked.Read(ref _retries);

    public void Retried(long count) => Interlocked.Add(ref _retries, count);

    public void Failed()
    {
        Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _failures);
    }

    public void Succeeded(TimeSpan latency)
    {
        Interlocked.Increment(ref _calls);
        lock (_gate)
        {
            if (_latencies.Count == Remembered) _latencies.Dequeue();
            _latencies.Enqueue(latency.TotalMilliseconds);
        }
    }

    /// <summary>Returns the mean and the 99th percentile of the most recent calls, in milliseconds.</summary>
    public (double Mean, double P99)? Latency()
    {
        double[] sorted;
        lock (_gate) sorted = [.. _latencies.Order()];
        return sorted.Length == 0 ? null : (sorted.Average(), sorted[(int)Math.Ceiling(sorted.Length * 0.99) - 1]);
    }
}
