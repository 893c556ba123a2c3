namespace Rewt.Tests.Faults;

/// <summary>Signed calls at a steady rate, and what became of them.</summary>
public sealed class Traffic
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly Uri Secure = new("/secure", UriKind.Relative);

    private readonly ConcurrentQueue<string> _failures = new();
    private readonly HttpClient[] _clients;
    private readonly Task _running;
    private int _calls;
    private bool _stopping;

    public Traffic(HttpClient[] clients, int callsPerSecond)
    {
        _clients = clients;
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
            for (var burst = 0; index < due && burst < 20; index++, burst++) calls.Add(CallOnceAsync(_clients[index % _clients.Length]));
            index = Math.Max(index, due);
            await Task.Delay(Step, TimeProvider.System, CancellationToken.None);
        }

        await Task.WhenAll(calls);
    }

    private async Task CallOnceAsync(HttpClient client)
    {
        Interlocked.Increment(ref _calls);
        try
        {
            using var response = await client.GetAsync(Secure);
            if (!response.IsSuccessStatusCode)
            {
                _failures.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {(int)response.StatusCode} {response.Headers.WwwAuthenticate}");
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or RewtKeysUnavailableException)
        {
            _failures.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {exception.GetType().Name} {exception.Message}");
        }
    }
}
