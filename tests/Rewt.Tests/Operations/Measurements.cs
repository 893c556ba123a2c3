using System.Diagnostics.Metrics;

namespace Rewt.Tests.Operations;

/// <summary>Records the measurements of the instruments of one service container. Other containers have their own meters.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _all = [];

    public Measurements(IServiceProvider services)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        var meter = meters.Create("Rewt");
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter)) return;
            Instruments.Enqueue(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public ConcurrentQueue<Instrument> Instruments { get; } = [];

    public IReadOnlyCollection<(string Name, double Value, Dictionary<string, object?> Tags)> All => _all;

    /// <summary>Returns the sum of all measurements, or of those with the given attribute.</summary>
    public double Sum(string name, string? tag = null, string? value = null) => _all
        .Where(measurement => measurement.Name == name && (tag is null || (measurement.Tags.TryGetValue(tag, out var actual) && Equals(actual, value))))
        .Sum(measurement => measurement.Value);

    public int Count(string name) => _all.Count(measurement => measurement.Name == name);

    /// <summary>Records the observable instruments and returns the last value of a gauge.</summary>
    public double? Gauge(string name)
    {
        _listener.RecordObservableInstruments();
        var last = _all.LastOrDefault(measurement => measurement.Name == name);
        return last.Name is null ? null : last.Value;
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary(StringComparer.Ordinal)));
}
