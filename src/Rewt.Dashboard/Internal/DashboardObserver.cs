using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rewt.Internal;

/// <summary>
/// Creates the snapshots that the dashboard shows: the key rings, the health and the counters of this instance. All viewers share a snapshot. Only
/// the list of instances is read from Redis, and only while a page is open.
/// </summary>
internal sealed class DashboardObserver(IServiceProvider services, TrafficCounts counts, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(900);
    private const int StepsBetweenSnapshots = 10;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly KeyRingRegistry _rings = services.GetRequiredService<KeyRingRegistry>();
    private readonly Dictionary<KeyRingProvider, RingObserver> _observers = [];
    private DashboardSnapshot? _last;

    /// <summary>Returns a snapshot of the data that the dashboard shows.</summary>
    /// <param name="isShared">Whether the method may return a recent snapshot that was created for another viewer.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<DashboardSnapshot> ReadAsync(bool isShared, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var stamp = Stamp();
            if (isShared && _last is { } last && last.Stamp == stamp && last.At.Elapsed(time) < Freshness) return last;

            var view = await ViewAsync(stamp, cancellationToken);
            return _last = new DashboardSnapshot(JsonSerializer.SerializeToUtf8Bytes(view, JsonSerializerOptions.Web), stamp, ClockReading.Now(time));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits until the next snapshot is due: after one second, or earlier if a key ring changes.</summary>
    public async Task NewsAsync(DashboardSnapshot last, CancellationToken cancellationToken)
    {
        for (var step = 0; step < StepsBetweenSnapshots && Stamp() == last.Stamp; step++) await Task.Delay(Step, time, cancellationToken);
    }

    public void Dispose() => _turn.Dispose();

    private string Stamp() => string.Join(
        '|',
        KeyRings().Select(keyRing => keyRing.Known is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.Epoch}/{known.Version}/{known.Problem}") : string.Empty));

    private IEnumerable<KeyRingProvider> KeyRings() => _rings.Namespaces.SelectMany(_rings.All);

    private async Task<DashboardView> ViewAsync(string stamp, CancellationToken cancellationToken)
    {
        var views = new List<RingView>();
        foreach (var name in _rings.Names)
        {
            var options = _rings.Options(name);
            foreach (var keyRing in _rings.All(options.Namespace))
            {
                if (!_observers.TryGetValue(keyRing, out var observer)) _observers.Add(keyRing, observer = new RingObserver(keyRing, options, time));
                views.Add(await observer.ViewAsync(stamp, cancellationToken));
            }
        }

        var health = await HealthAsync(cancellationToken);
        return new DashboardView(
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            _rings.Options(_rings.Names[0]).ServiceName,
            KeyRings().FirstOrDefault()?.Tracker.Instance,
            health.Status.ToString().ToLowerInvariant(),
            health.Description,
            views,
            counts.View());
    }

    private Task<HealthCheckResult> HealthAsync(CancellationToken cancellationToken)
    {
        var check = RewtHealthCheck.Create(services);
        return check.CheckHealthAsync(new HealthCheckContext { Registration = new HealthCheckRegistration("rewt", check, null, null) }, cancellationToken);
    }
}
