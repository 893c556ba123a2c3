namespace Rewt.Tests.Faults;

/// <summary>Services on real Kestrels that call each other: each caller calls every callee.</summary>
public sealed class Fleet : IAsyncDisposable
{
    private readonly List<TestService> _callees = [];
    private readonly List<TestService> _callers = [];
    private readonly AttemptCounter _attempts = new();

    public IEnumerable<TestService> Hosts => _callees.Concat(_callers);

    public IReadOnlyList<TestService> Callers => _callers;

    /// <summary>Answers 401 that callers got, before any retry.</summary>
    public int Refused => _attempts.Refused;

    /// <summary>Requests that left a caller.</summary>
    public int Sent => _attempts.Sent;

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
