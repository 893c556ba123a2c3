namespace Rewt.Tests.Infrastructure;

/// <summary>Records log entries: level, message, exception and the structured values of the message.</summary>
public sealed class CapturedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _values = new();

    private readonly ConcurrentDictionary<string, byte> _categories = new(StringComparer.Ordinal);

    /// <summary>Gets the categories of the loggers that were created.</summary>
    public IEnumerable<string> Categories => _categories.Keys;

    public string Text => string.Join('\n', _lines);

    /// <summary>Gets the formatted entries and their structured values.</summary>
    public IEnumerable<string> Lines => _lines.Concat(_values);

    public ILogger CreateLogger(string categoryName)
    {
        _categories[categoryName] = 0;
        return this;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(", ", pairs.Select(pair => $"{pair.Key}={pair.Value}")) : "";
        _lines.Enqueue($"{logLevel} {eventId.Name}: {formatter(state, exception)} {exception}");
        _values.Enqueue(values);
    }

    public void Dispose()
    {
    }
}
