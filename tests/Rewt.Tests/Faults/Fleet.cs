namespace Rewt.Tests.Faults;

/// <summary>Services on real Kestrels that call each other: each caller calls every callee.</summary>
public sealed class Fleet : IAsyncDisposable
{
    private readonly List<TestService> _callees = [];
    private readonly List<TestService> _callers = [];
    private readonly CountingHandler.Counter _attempts = new();

    public IEnumerable<TestService> Hosts => _callees.Concat(_callers);

    public IReadOnlyList<TestService> Callers => _callers;

    /// <summary>Answers 401 that callers got, before any retry.</summary>
    public int Refused => Volatile.Read(ref _attempts.Refused);

    /// <summary>Requests that left a caller.</summary>
    public int Sent => Volatile.Read(ref _attempts.Sent);

    public static async Task<Fleet> StartAsync(string redis, int callers, int callees, Action<RewtOptions>? settings = null)
    {
        var fleet = new Fleet();
        for (var index = 0; index < callees; index++)
        {
            fleet._callees.Add(await TestService.StartAsync(redis, Name("callee", index), settings));
        }

        for (var index = 0; index < callers; index++)
        {
            fleet._callers.Add(await TestService.StartAsync(redis, Name("caller", index), settings, builder =>
            {
                for (var callee = 0; callee < callees; callee++)
                {
                    var address = fleet._callees[callee].Address;
                    builder.Services.AddHttpClient(Name("callee", callee), client => client.BaseAddress = address)
                        .AddRewtSigning(Name("callee", callee))
                        .AddHttpMessageHandler(() => new CountingHandler(fleet._attempts));
                }
            }));
        }

        await fleet.HealthyAsync();
        return fleet;
    }

    /// <summary>Calls at a steady rate until it is stopped.</summary>
    public Traffic Drive(int callsPerSecond) => new(
        _callers.SelectMany(caller => _callees.Select((_, index) => caller.Client(Name("callee", index)))).ToArray(),
        callsPerSecond);

    /// <summary>Does something while calls are made, of which none may fail.</summary>
    public async Task CostsNoCallAsync(ITestOutputHelper output, Func<Task> act)
    {
        var traffic = Drive(callsPerSecond: 100);
        await Eventually.TrueAsync(() => traffic.Calls >= 10, "calls are made");
        await act();
        await Eventually.TrueAsync(() => traffic.Calls >= 60, "calls go on");
        await traffic.StopAsync();

        output.WriteLine($"{traffic.Calls} calls, {Refused} retried");
        traffic.Failures.ShouldBeEmpty();
    }

    /// <summary>Waits until the ring can be written again, and all have seen what was written.</summary>
    public async Task RotatesAsync(IReadOnlyList<string?> before)
    {
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => _callers[0].Ring.RotateAsync(Cancellation)) is null, "the ring can be written");
        await Eventually.TrueAsync(async () => (await CurrentKeysAsync()).All(key => key != before[0]), "all have seen it");
    }

    /// <summary>Waits until each caller's call of each callee is answered.</summary>
    public async Task HealthyAsync()
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

    /// <summary>The current key of every instance.</summary>
    public async Task<IReadOnlyList<string?>> CurrentKeysAsync() =>
        [.. await Task.WhenAll(Hosts.Select(async host => (await host.Ring.GetAsync(Cancellation)).Current?.KeyId))];

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _callers.Concat(_callees)) await host.DisposeAsync();
    }

    private static string Name(string role, int index) => string.Create(CultureInfo.InvariantCulture, $"{role}-{index}");
}
