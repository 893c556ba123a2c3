namespace Rewt.Tests.Faults;

/// <summary>Signed calls at a steady rate, and what became of them.</summary>
public sealed class Traffic
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly Uri Secure = new("/secure", UriKind.Relative);

    private readonly ConcurrentQueue<string> _failures = new();
    private readonly HttpClient[] _clients;
    private readonly Task _running;
    private readonly int _maximumAtOnce;
    private int _calls;
    private int _underWay;
    private bool _stopping;

    /// <param name="clients">The clients, in turn.</param>
    /// <param name="callsPerSecond">The rate.</param>
    /// <param name="maximumAtOnce">The calls under way above which no further call is made. Calls that queue for seconds may meet two changes of the key.</param>
    public Traffic(HttpClient[] clients, int callsPerSecond, int maximumAtOnce = int.MaxValue)
    {
        (_clients, _maximumAtOnce) = (clients, maximumAtOnce);
        _running = Task.Run(() => RunAsync(callsPerSecond));
    }

    public int Calls => Volatile.Read(ref _calls);

    public IReadOnlyCollection<string> Failures => _failures;

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

    /// <summary>Ends it and waits for the calls under way.</summary>
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
            // A machine that was busy does not get all that it missed at once.
            for (var burst = 0; index < due && burst < 20 && Volatile.Read(ref _underWay) < _maximumAtOnce; index++, burst++) calls.Add(CallOnceAsync(_clients[index % _clients.Length]));
            index = Math.Max(index, due);
            await Task.Delay(Step, TimeProvider.System, CancellationToken.None);
        }

        await Task.WhenAll(calls);
    }

    private async Task CallOnceAsync(HttpClient client)
    {
        Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _underWay);
        var began = TimeProvider.System.GetTimestamp();
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
            Interlocked.Decrement(ref _underWay);
        }

        void Fail(string reason) => _failures.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} after {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms: {reason}");
    }
}
