using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>Provides a key ring provider on an in-memory store. The provider and the store have separate fake clocks.</summary>
internal sealed class ProviderBench : IAsyncDisposable
{
    public ProviderBench(Action<RewtOptions>? configure = null, ILogger? logger = null)
    {
        Options = new RewtOptions { RotationInterval = TimeSpan.FromMinutes(1), RefreshInterval = TimeSpan.FromSeconds(5) };
        configure?.Invoke(Options);
        Server = new InMemoryRingStore(ServerTime);
        Store = new FaultyRingStore(Server) { DropsPushes = true };
        Provider = CreateProvider(Store, logger ?? NullLogger.Instance);
    }

    public RewtOptions Options { get; }

    public TestClock Time { get; } = new();

    public ClockReading Now => ClockReading.Now(Time);

    public FakeTimeProvider ServerTime { get; } = new();

    public InMemoryRingStore Server { get; }

    public FaultyRingStore Store { get; }

    public KeyRingProvider Provider { get; }

    /// <summary>Creates the provider of another instance on the same store, which receives pushes.</summary>
    public KeyRingProvider CreateProvider() => CreateProvider(new FaultyRingStore(Server), NullLogger.Instance);

    /// <summary>Starts the provider and waits for its first read without a request, which could cause a second read.</summary>
    public async Task<RingSnapshot> StartAsync()
    {
        Provider.Start();
        await WaitUntilIdleAsync();
        return await GetAsync();
    }

    public async Task<RingSnapshot> GetAsync() => (RingSnapshot)await Provider.GetAsync(Cancellation);

    public Task<RingReading> ReadServerAsync() => Server.ReadAsync(Cancellation);

    /// <summary>Advances the clocks in small steps and waits after each until the provider is idle.</summary>
    public async Task AdvanceInStepsAsync(TimeSpan time, TimeSpan? step = null)
    {
        var length = step ?? TimeSpan.FromMilliseconds(250);
        for (var passed = TimeSpan.Zero; passed < time; passed += length)
        {
            Advance(length < time - passed ? length : time - passed);
            await WaitUntilIdleAsync();
        }
    }

    public void Advance(TimeSpan by)
    {
        ServerTime.Advance(by);
        Time.Advance(by);
    }

    /// <summary>Waits until the provider has done all due work and has armed its timer.</summary>
    public Task WaitUntilIdleAsync() => Eventually.TrueAsync(() => Time.SleepingLoops > 0, "the provider is idle");

    /// <summary>
    /// Fires the timers that are due within a second until the condition is met. These are the timers of the read limit; polls and the timeouts of requests are due
    /// later.
    /// </summary>
    public Task AdvanceUntilAsync(Func<bool> condition) => Time.AdvanceUntilAsync(condition, TimeSpan.FromSeconds(1), Advance);

    /// <summary>Advances the clocks in small steps until a request that waits for a read has completed.</summary>
    /// <returns>The elapsed time, which is at least the time for which the request has waited.</returns>
    public async Task<TimeSpan> AdvanceWhileWaitingAsync(Task request)
    {
        var step = TimeSpan.FromMilliseconds(100);
        for (var passed = TimeSpan.Zero; ; passed += step)
        {
            await UntilAsync(() => request.IsCompleted || Time.ArmedTimers > 0, "the request waits or has completed");
            if (request.IsCompleted) return passed;
            Advance(step);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what) => Eventually.TrueAsync(condition, what);

    public async ValueTask DisposeAsync()
    {
        Store.Release();
        await Provider.DisposeAsync();
    }

    private KeyRingProvider CreateProvider(FaultyRingStore store, ILogger logger) => new(Options, new SharedSecretSource(Options, store, Time, logger), Time, logger);
}
