using System.Diagnostics.Metrics;

namespace Rewt.Tests.Operations;

/// <summary>What the instruments of one container measure; other tests' containers have meters of their own.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _all = [];

    public Measurements(IServiceProvider services)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        var ours = meters.Create("Rewt");
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, ours)) return;
            Instruments.Enqueue(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public ConcurrentQueue<Instrument> Instruments { get; } = [];

    public IReadOnlyCollection<(string Name, double Value, Dictionary<string, object?> Tags)> All => _all;

    /// <summary>The sum of what was measured, or of the part that has this attribute.</summary>
    public double Sum(string name, string? tag = null, string? value = null) => _all
        .Where(one => one.Name == name && (tag is null || (one.Tags.TryGetValue(tag, out var given) && Equals(given, value))))
        .Sum(one => one.Value);

    public int Count(string name) => _all.Count(one => one.Name == name);

    /// <summary>Asks the gauges.</summary>
    public double? Gauge(string name)
    {
        _listener.RecordObservableInstruments();
        var last = _all.LastOrDefault(one => one.Name == name);
        return last.Name is null ? null : last.Value;
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary(StringComparer.Ordinal)));
}
