using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Samples.Demo;

/// <summary>An instance of the namespace that neither calls nor is called: it sees what the key ring really does.</summary>
internal sealed class RingWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly ServiceProvider _services;
    private readonly IRewtKeyRing _ring;

    public RingWatch(string redis, DemoOptions options)
    {
        _services = new ServiceCollection()
            .AddRewt(rewt => (rewt.Redis, rewt.Namespace, rewt.ServiceName, rewt.RotationInterval) = (redis, options.Namespace, "demo", options.Rotate))
            .BuildServiceProvider();
        _ring = _services.GetRequiredService<IRewtKeyRing>();
        RefreshInterval = _services.GetRequiredService<IOptions<RewtOptions>>().Value.RefreshInterval;
    }

    public TimeSpan RefreshInterval { get; }

    public string? CurrentKeyId { get; private set; }

    /// <summary>How many keys have taken over since the first one seen.</summary>
    public int Rotations => Math.Max(0, _seen.Count - 1);

    /// <summary>Counts rotations from here on.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            CurrentKeyId = (await _ring.GetAsync(cancellationToken)).Current?.KeyId;
        }
        catch (RewtKeysUnavailableException exception)
        {
            throw new DemoException(exception.Message);
        }

        _seen.Clear();
        if (CurrentKeyId is not null) _seen.Add(CurrentKeyId);
    }

    /// <summary>Looks until it is stopped; this costs Redis nothing, the ring is in memory.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) await LookAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Time is up.
        }
    }

    public Task RotateAsync(CancellationToken cancellationToken) => _ring.RotateAsync(cancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            CurrentKeyId = (await _ring.GetAsync(cancellationToken)).Current?.KeyId;
            if (CurrentKeyId is not null) _seen.Add(CurrentKeyId);
        }
        catch (RewtKeysUnavailableException)
        {
            // An outage; the calls tell how it goes.
        }
    }
}
