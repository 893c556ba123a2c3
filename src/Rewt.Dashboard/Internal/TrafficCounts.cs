using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Rewt.Internal;

/// <summary>
/// Adds up the metrics of this instance since its start (tokens verified and signed, retries, failed refreshes) for the dashboard. If the process has
/// several service containers, only the metrics of this application's container are counted.
/// </summary>
internal sealed class TrafficCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, TagCounts> _counts = new(StringComparer.Ordinal)
    {
        ["rewt.tokens.verified"] = new("rewt.result"),
        ["rewt.tokens.signed"] = new("rewt.token.type"),
        ["rewt.client.retries"] = new("rewt.reason"),
        ["rewt.ring.refresh.errors"] = new("error.type"),
        ["rewt.ring.stale_serves"] = new("rewt.namespace"),
    };

    private double _lastRead = double.NaN;

    public TrafficCounts(IServiceProvider services)
    {
        var ours = services.GetRequiredService<IMeterFactory>().Create(RewtMetrics.MeterName);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, ours)) return;
            if (_counts.TryGetValue(instrument.Name, out var counts)) listener.EnableMeasurementEvents(instrument, counts);
            else if (instrument.Name == "rewt.ring.refresh.duration") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((TagCounts)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, _, _) => Volatile.Write(ref _lastRead, value));
    }

    public TrafficView View() => new(
        _counts["rewt.tokens.verified"].View(),
        _counts["rewt.tokens.signed"].View().Values.Sum(),
        _counts["rewt.client.retries"].View(),
        _counts["rewt.ring.refresh.errors"].View(),
        _counts["rewt.ring.stale_serves"].View().Values.Sum(),
        Volatile.Read(ref _lastRead) is var seconds && double.IsNaN(seconds) ? null : Math.Round(seconds * 1000, 2));

    public void Start() => _listener.Start();

    public void Dispose() => _listener.Dispose();
}
