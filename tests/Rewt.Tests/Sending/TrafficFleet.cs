namespace Rewt.Tests.Sending;

/// <summary>Two callers and two callees on one Redis, and calls from each to each.</summary>
internal sealed class TrafficFleet : IAsyncDisposable
{
    private readonly RequestCounter _counter = new();
    private readonly ConcurrentQueue<string> _failures = [];
    private readonly ConcurrentDictionary<string, bool> _keys = new(StringComparer.Ordinal);
    private int _calls;

    public List<TestService> Callees { get; } = [];

    public List<TestService> Callers { get; } = [];

    /// <summary>Calls that callers have finished.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Requests that callees have seen: more than calls where some were retried.</summary>
    public int Requests => _counter.Count;

    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>The keys that were current while calls were made.</summary>
    public ICollection<string> Keys => _keys.Keys;

    public static async Task<TrafficFleet> StartAsync(RedisServer redis, Action<RewtOptions> settings)
    {
        var fleet = new TrafficFleet();
        for (var callee = 0; callee < 2; callee++)
        {
            fleet.Callees.Add(await TestService.StartAsync(redis.ConnectionString, "inventory", settings, builder =>
                builder.Services.AddSingleton<IStartupFilter>(fleet._counter)));
        }

        for (var caller = 0; caller < 2; caller++)
        {
            fleet.Callers.Add(await TestService.StartAsync(redis.ConnectionString, "orders", settings, builder =>
            {
                for (var callee = 0; callee < 2; callee++)
                {
                    var address = fleet.Callees[callee].Address;
                    builder.Services.AddHttpClient($"{callee}", client => client.BaseAddress = address).AddRewtSigning("inventory");
                }
            }));
        }

        return fleet;
    }

    /// <summary>Calls from each to each, a few dozen a second, for so long.</summary>
    public Task RunAsync(TimeSpan duration)
    {
        var started = TimeProvider.System.GetTimestamp();
        return Task.WhenAll(
            from caller in Callers
            from callee in Enumerable.Range(0, Callees.Count)
            select CallAsync(caller, callee, () => TimeProvider.System.GetElapsedTime(started) < duration));
    }

    public async Task<bool> AllRefuseAsync(string token)
    {
        foreach (var callee in Callees)
        {
            if ((await callee.Tokens.VerifyBearerAsync(token, Cancellation)).IsValid) return false;
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Callers.Concat(Callees)) await host.DisposeAsync();
    }

    private async Task CallAsync(TestService caller, int callee, Func<bool> goOn)
    {
        while (goOn())
        {
            try
            {
                using var response = await caller.Client($"{callee}").GetAsync(Sending.Calls.Relative("/secure"), Cancellation);
                if (!response.IsSuccessStatusCode) _failures.Enqueue($"{response.StatusCode} {response.Headers.WwwAuthenticate}");
                _keys[(await caller.Ring.GetAsync(Cancellation)).Current!.KeyId] = true;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                _failures.Enqueue(exception.ToString());
            }

            Interlocked.Increment(ref _calls);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }
}
