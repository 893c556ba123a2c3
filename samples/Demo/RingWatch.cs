using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Samples.Demo;

/// <summary>An instance of the namespace that neither calls nor is called: it sees what the key ring really does.</summary>
internal sealed class RingWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Signers = ["orders", "inventory"];

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly ServiceProvider _services;
    private readonly IRewtKeyRing _ring;
    private int _before;

    public RingWatch(string redis, DemoOptions options)
    {
        _services = new ServiceCollection()
            .AddRewt(rewt =>
            {
                (rewt.Redis, rewt.Namespace, rewt.ServiceName, rewt.RotationInterval) = (redis, options.Namespace, "demo", options.Rotate);
                // With key pairs, whose to look at: the services that sign.
                (rewt.KeyMode, rewt.TrustedIssuers) = (options.KeyMode, [.. Signers]);
            })
            .BuildServiceProvider();
        _ring = _services.GetRequiredService<IRewtKeyRing>();
        RefreshInterval = _services.GetRequiredService<IOptions<RewtOptions>>().Value.RefreshInterval;
    }

    public TimeSpan RefreshInterval { get; }

    public string? CurrentKeyId { get; private set; }

    /// <summary>How many keys have taken over since the first ones seen.</summary>
    public int Rotations => Math.Max(0, _seen.Count - _before);

    /// <summary>Counts rotations from here on.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            _seen.Clear();
            See(await _ring.GetAsync(cancellationToken));
            _before = _seen.Count;
        }
        catch (RewtKeysUnavailableException exception)
        {
            throw new DemoException(exception.Message);
        }
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
            See(await _ring.GetAsync(cancellationToken));
        }
        catch (RewtKeysUnavailableException)
        {
            // An outage; the calls tell how it goes.
        }
    }

    /// <summary>A shared secret is everybody's; with key pairs each instance of a service that signs has a current key of its own.</summary>
    private void See(RewtKeyRing ring)
    {
        var current = ring.Keys.Where(key => key.State == RewtKeyState.Current && (key.Issuer is null || Signers.Contains(key.Issuer))).ToList();
        CurrentKeyId = current.Count > 0 ? current[0].KeyId : null;
        foreach (var key in current) _seen.Add(key.KeyId);
    }
}
