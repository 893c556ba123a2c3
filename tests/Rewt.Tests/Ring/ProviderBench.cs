using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>A provider on a store whose server has a clock of its own; both move only by hand.</summary>
internal sealed class ProviderBench : IAsyncDisposable
{
    public ProviderBench(Action<RewtOptions>? configure = null, ILogger? logger = null)
    {
        Options = new RewtOptions { RotationInterval = TimeSpan.FromMinutes(1), RefreshInterval = TimeSpan.FromSeconds(5) };
        configure?.Invoke(Options);
        Server = new InMemoryRingStore(ServerTime);
        Store = new FaultyRingStore(Server) { IsDeaf = true };
        Provider = new KeyRingProvider(Options, Store, Time, logger ?? NullLogger.Instance);
    }

    public RewtOptions Options { get; }

    public TestClock Time { get; } = new();

    public ClockReading Now => ClockReading.Now(Time);

    public FakeTimeProvider ServerTime { get; } = new();

    public InMemoryRingStore Server { get; }

    public FaultyRingStore Store { get; }

    public KeyRingProvider Provider { get; }

    /// <summary>Another instance on the same server, which hears of pushes.</summary>
    public KeyRingProvider Another() => new(Options, new FaultyRingStore(Server), Time, NullLogger.Instance);

    public async Task<RingSnapshot> StartAsync()
    {
        var snapshot = await GetAsync();
        await SleepsAsync();
        return snapshot;
    }

    public async Task<RingSnapshot> GetAsync() => (RingSnapshot)await Provider.GetAsync(Cancellation);

    public Task<RingReading> ReadServerAsync() => Server.ReadAsync(Cancellation);

    /// <summary>Lets time pass in small steps, each begun when the provider sleeps.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan? step = null)
    {
        var length = step ?? TimeSpan.FromMilliseconds(250);
        for (var passed = TimeSpan.Zero; passed < time; passed += length)
        {
            Advance(length < time - passed ? length : time - passed);
            await SleepsAsync();
        }
    }

    public void Advance(TimeSpan by)
    {
        ServerTime.Advance(by);
        Time.Advance(by);
    }

    /// <summary>The provider has armed its timer: all that was due is done.</summary>
    public Task SleepsAsync() => Eventually.TrueAsync(() => Time.SleepingLoops > 0, "the provider sleeps");

    /// <summary>
    /// Fires timer after timer until the task ends; each time when the provider waits for its share of reads, which is never a second away. A poll and the patience
    /// of those who wait are further off.
    /// </summary>
    public Task TurnUntilAsync(Func<bool> condition) => Time.TurnUntilAsync(condition, TimeSpan.FromSeconds(1), Advance);

    /// <summary>Lets time pass in small steps until a request that waits for a read is answered.</summary>
    /// <returns>The time that has passed; at least as long as the request has waited.</returns>
    public async Task<TimeSpan> TurnWhileWaitingAsync(Task asked)
    {
        var step = TimeSpan.FromMilliseconds(100);
        for (var passed = TimeSpan.Zero; ; passed += step)
        {
            await UntilAsync(() => asked.IsCompleted || Time.ArmedTimers > 0, "the request waits or is answered");
            if (asked.IsCompleted) return passed;
            Advance(step);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what) => Eventually.TrueAsync(condition, what);

    public async ValueTask DisposeAsync()
    {
        Store.Release();
        await Provider.DisposeAsync();
    }
}
