namespace Rewt.Tests.Faults;

/// <summary>Hosts services on Kestrel. Each caller calls every callee.</summary>
public sealed class Fleet : IAsyncDisposable
{
    private readonly List<TestService> _callees = [];
    private readonly List<TestService> _callers = [];
    private readonly CountingHandler.Counter _attempts = new();

    public IEnumerable<TestService> Hosts => _callees.Concat(_callers);

    public IReadOnlyList<TestService> Callers => _callers;

    /// <summary>Gets the number of 401 responses that callers received, including those that were followed by a retry.</summary>
    public int Refused => Volatile.Read(ref _attempts.Refused);

    /// <summary>Gets the number of requests that callers sent.</summary>
    public int Sent => Volatile.Read(ref _attempts.Sent);

    public static async Task<Fleet> StartAsync(string redis, int callers, int callees, Action<RewtOptions>? settings = null, TimeProvider? time = null)
    {
        var fleet = new Fleet();
        for (var index = 0; index < callees; index++)
        {
            fleet._callees.Add(await TestService.StartAsync(redis, Name("callee", index), settings, UseTime));
        }

        for (var index = 0; index < callers; index++)
        {
            fleet._callers.Add(await TestService.StartAsync(redis, Name("caller", index), settings, builder =>
            {
                UseTime(builder);
                for (var callee = 0; callee < callees; callee++)
                {
                    var address = fleet._callees[callee].Address;
                    builder.Services.AddHttpClient(Name("callee", callee), client => client.BaseAddress = address)
                        .AddRewtSigning(Name("callee", callee))
                        .AddHttpMessageHandler(() => new CountingHandler(fleet._attempts));
                }
            }));
        }

        await fleet.WaitUntilHealthyAsync();
        return fleet;

        void UseTime(WebApplicationBuilder builder)
        {
            if (time is not null) builder.Services.AddSingleton(time);
        }
    }

    /// <summary>Starts calls at a steady rate that continue until they are stopped.</summary>
    public Traffic StartTraffic(int callsPerSecond) => new(
        _callers.SelectMany(caller => _callees.Select((_, index) => caller.Client(Name("callee", index)))).ToArray(),
        callsPerSecond);

    /// <summary>Runs an action while calls are made, and asserts that no call fails.</summary>
    public async Task AssertNoCallFailsAsync(ITestOutputHelper output, Func<Task> action)
    {
        var traffic = StartTraffic(callsPerSecond: 100);
        await Eventually.TrueAsync(() => traffic.Calls >= 10, "calls are made");
        await action();
        await Eventually.TrueAsync(() => traffic.Calls >= 60, "calls continue");
        await traffic.StopAsync();

        output.WriteLine($"{traffic.Calls} calls, {Refused} retried");
        traffic.Failures.ShouldBeEmpty();
    }

    /// <summary>Rotates the key ring as soon as it can be written, and waits until all services have the new key.</summary>
    public async Task RotateAndWaitAsync(IReadOnlyList<string?> keysBefore)
    {
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => _callers[0].Ring.RotateAsync(Cancellation)) is null, "the key ring can be written");
        await Eventually.TrueAsync(async () => (await CurrentKeysAsync()).All(key => key != keysBefore[0]), "all services have the new key");
    }

    /// <summary>
    /// Waits until all services have read the store again. If a rotation is repeated because its answer was lost, the keys rotate twice, and a disconnected
    /// service would not know the current key.
    /// </summary>
    public Task WaitUntilConnectedAsync()
    {
        var since = ClockReading.Now(TimeProvider.System);
        return Eventually.TrueAsync(
            () => Hosts.All(host => host.Provider is { LastFailure: null, Known: { } known }
                && known.IsSince(since, ClockReading.Now(TimeProvider.System))),
            "all services have read the store again");
    }

    /// <summary>Waits until every caller can call every callee.</summary>
    public async Task WaitUntilHealthyAsync()
    {
        foreach (var caller in _callers)
        {
            for (var index = 0; index < _callees.Count; index++)
            {
                using var client = caller.Client(Name("callee", index));
                await Eventually.TrueAsync(() => Traffic.CallAsync(client), $"{Name("callee", index)} answers");
            }
        }
    }

    /// <summary>Returns the current key of every instance.</summary>
    public async Task<IReadOnlyList<string?>> CurrentKeysAsync() =>
        [.. await Task.WhenAll(Hosts.Select(async host => (await host.Ring.GetAsync(Cancellation)).Current?.KeyId))];

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _callers.Concat(_callees)) await host.DisposeAsync();
    }

    private static string Name(string role, int index) => string.Create(CultureInfo.InvariantCulture, $"{role}-{index}");
}
