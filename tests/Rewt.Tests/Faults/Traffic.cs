namespace Rewt.Tests.Faults;

/// <summary>Makes signed calls at a steady rate and records the failures.</summary>
public sealed class Traffic
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly Uri Secure = new("/secure", UriKind.Relative);

    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentDictionary<int, long> _started = new();
    private readonly HttpClient[] _clients;
    private readonly Task _running;
    private readonly int _maximumConcurrency;
    private int _calls;
    private int _inProgress;
    private bool _stopping;

    /// <param name="clients">The clients, which are used in turn.</param>
    /// <param name="callsPerSecond">The rate.</param>
    /// <param name="maximumConcurrency">The maximum number of concurrent calls. Calls that queue for seconds might otherwise overlap with two key changes.</param>
    public Traffic(HttpClient[] clients, int callsPerSecond, int maximumConcurrency = int.MaxValue)
    {
        (_clients, _maximumConcurrency) = (clients, maximumConcurrency);
        _running = Task.Run(() => RunAsync(callsPerSecond));
    }

    public int Calls => Volatile.Read(ref _calls);

    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Returns whether a call that was started before the given timestamp is still in progress.</summary>
    public bool HasCallFromBefore(long timestamp) => _started.Values.Any(started => started < timestamp);

    public static async Task<bool> CallAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync(Secure, Cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (RewtKeysUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Stops making calls and waits for those in progress.</summary>
    public async Task StopAsync()
    {
        Volatile.Write(ref _stopping, true);
        await _running;
        foreach (var client in _clients) client.Dispose();
    }

    private async Task RunAsync(int callsPerSecond)
    {
        var started = TimeProvider.System.GetTimestamp();
        var calls = new List<Task>();
        for (var index = 0; !Volatile.Read(ref _stopping);)
        {
            var due = (int)(TimeProvider.System.GetElapsedTime(started).TotalSeconds * callsPerSecond);
            // After a delay on a busy machine, the missed calls are not made all at once.
            for (var burst = 0; index < due && burst < 20 && Volatile.Read(ref _inProgress) < _maximumConcurrency; index++, burst++) calls.Add(CallOnceAsync(_clients[index % _clients.Length]));
            index = Math.Max(index, due);
            await Task.Delay(Step, TimeProvider.System, CancellationToken.None);
        }

        await Task.WhenAll(calls);
    }

    private async Task CallOnceAsync(HttpClient client)
    {
        var number = Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _inProgress);
        var started = _started[number] = TimeProvider.System.GetTimestamp();
        try
        {
            using var response = await client.GetAsync(Secure);
            if (!response.IsSuccessStatusCode)
            {
                Fail($"{(int)response.StatusCode} {response.Headers.WwwAuthenticate}");
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or RewtKeysUnavailableException)
        {
            Fail($"{exception.GetType().Name} {exception.Message}");
        }
        finally
        {
            _started.TryRemove(number, out _);
            Interlocked.Decrement(ref _inProgress);
        }

        void Fail(string reason) => _failures.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} after {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:0} ms: {reason}");
    }
}
