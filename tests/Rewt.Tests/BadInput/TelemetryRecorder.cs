using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;

namespace Rewt.Tests.BadInput;

/// <summary>Records the telemetry of the process: logs at Trace, events of EventSources, activities and measurements.</summary>
internal sealed class TelemetryRecorder : EventListener, ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentQueue<(string Category, string Event, string Message)> _logs = [];
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public TelemetryRecorder()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Add($"{activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Baggage)}"
                + string.Concat(activity.Events.Select(item => $" {item.Name} {string.Join(' ', item.Tags)}"))),
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add($"{instrument.Name} {value} {Tags(tags)}"));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add($"{instrument.Name} {value} {Tags(tags)}"));
        _meters.Start();
    }

    public IReadOnlyCollection<string> Lines => _lines;

    public IReadOnlyCollection<(string Category, string Event, string Message)> Logs => _logs;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public override void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
        base.Dispose();
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        // The private EventSources of the runtime (Private.*) contain whole requests by design; see docs/security.md.
        var isRecorded = eventSource.Name.StartsWith("Microsoft.IdentityModel", StringComparison.Ordinal)
            || eventSource.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || eventSource.Name.StartsWith("Microsoft-AspNetCore", StringComparison.Ordinal)
            || eventSource.Name.StartsWith("Microsoft-Extensions", StringComparison.Ordinal)
            || eventSource.Name.StartsWith("System.Net", StringComparison.Ordinal)
            || eventSource.Name.StartsWith("Polly", StringComparison.Ordinal)
            || eventSource.Name.StartsWith("Rewt", StringComparison.Ordinal);
        if (isRecorded) EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
        Add($"{eventData.EventSource.Name} {eventData.EventName} {eventData.Message} {string.Join(' ', eventData.Payload ?? new([]))}");

    private static string Tags(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray());

    // The base class raises events before the fields of this class are initialized.
    private void Add(string line) => _lines?.Enqueue(line);

    private sealed class Logger(TelemetryRecorder owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            owner.Add(Text(state));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            owner._logs.Enqueue((category, eventId.Name ?? "", message));
            owner.Add($"{category} {eventId} {message} {Text(state)} {exception}");
        }

        private static string Text(object? state) => state is IEnumerable<KeyValuePair<string, object?>> pairs
            ? string.Join(' ', pairs.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")))
            : state?.ToString() ?? "";
    }
}
