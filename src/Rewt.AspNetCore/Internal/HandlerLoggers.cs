using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The logger factory of the authentication handlers. Its loggers drop the lines that the base class writes for each refused request: Rewt's own lines
/// state the reason, and their number is limited.
/// </summary>
internal sealed class HandlerLoggers : ILoggerFactory
{
    /// <summary>The base class's ids of "was not authenticated" and "was challenged".</summary>
    private const int NotAuthenticated = 7, Challenged = 12;

    private static readonly ConditionalWeakTable<ILoggerFactory, HandlerLoggers> Known = [];

    private readonly ILoggerFactory _loggers;

    /// <summary>A handler is created for each request, its logger only once.</summary>
    private readonly ConcurrentDictionary<string, ILogger> _created = new(StringComparer.Ordinal);

    private HandlerLoggers(ILoggerFactory loggers) => _loggers = loggers;

    public static HandlerLoggers Of(ILoggerFactory loggers) => Known.GetValue(loggers, static all => new HandlerLoggers(all));

    public ILogger CreateLogger(string categoryName) => _created.GetOrAdd(categoryName, static (name, all) => new Limited(all.CreateLogger(name)), _loggers);

    public void AddProvider(ILoggerProvider provider) => _loggers.AddProvider(provider);

    public void Dispose()
    {
        // The application owns its loggers.
    }

    /// <summary>A logger that drops the two events of the base class.</summary>
    private sealed class Limited(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id is not (NotAuthenticated or Challenged)) logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
