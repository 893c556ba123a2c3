using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Samples.Demo;

/// <summary>An instance of the namespace that only observes the key ring.</summary>
internal sealed class RingObserver : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Signers = ["orders", "inventory"];

    private readonly HashSet<string> _currentKeyIds = new(StringComparer.Ordinal);
    private readonly ServiceProvider _services;
    private readonly IRewtKeyRing _ring;
    private int _initial;

    public RingObserver(string redis, DemoOptions options)
    {
        _services = new ServiceCollection()
            .AddRewtKeys(rewt =>
            {
                (rewt.Redis, rewt.Namespace, rewt.ServiceName, rewt.RotationInterval) = (redis, options.Namespace, "demo", options.Rotate);
                // With key pairs, only the keys of trusted issuers are read.
                (rewt.KeyMode, rewt.TrustedIssuers) = (options.KeyMode, [.. Signers]);
            })
            .BuildServiceProvider();
        _ring = _services.GetRequiredService<IRewtKeyRing>();
        RefreshInterval = _services.GetRequiredService<IOptions<RewtOptions>>().Value.RefreshInterval;
    }

    public TimeSpan RefreshInterval { get; }

    public string? CurrentKeyId { get; private set; }

    /// <summary>The number of keys that have become current since <see cref="BeginAsync"/>.</summary>
    public int Rotations => Math.Max(0, _currentKeyIds.Count - _initial);

    /// <summary>Starts the count of rotations.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            _currentKeyIds.Clear();
            Record(await _ring.GetAsync(cancellationToken));
            _initial = _currentKeyIds.Count;
        }
        catch (RewtKeysUnavailableException exception)
        {
            throw new DemoException(exception.Message);
        }
    }

    /// <summary>Observes the key ring in memory until it is cancelled; sends no Redis command.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) await ObserveAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The demo ends.
        }
    }

    public Task RotateAsync(CancellationToken cancellationToken) => _ring.RotateAsync(cancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task ObserveAsync(CancellationToken cancellationToken)
    {
        try
        {
            Record(await _ring.GetAsync(cancellationToken));
        }
        catch (RewtKeysUnavailableException)
        {
            // An outage shows in the results of the calls.
        }
    }

    /// <summary>
    /// Records the current keys. There is one current key with a shared secret; with key pairs, each instance of a service that signs has its own.
    /// </summary>
    private void Record(RewtKeyRing ring)
    {
        var current = ring.Keys.Where(key => key.State == RewtKeyState.Current && (key.Issuer is null || Signers.Contains(key.Issuer))).ToList();
        CurrentKeyId = current.Count > 0 ? current[0].KeyId : null;
        foreach (var key in current) _currentKeyIds.Add(key.KeyId);
    }
}
