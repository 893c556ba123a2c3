using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The logger factory that the authentication handlers of Rewt pass to their base class. The loggers discard the lines that the base class writes for
/// each refused request. Rewt logs refusals itself, with the reason and at a limited rate.
/// </summary>
internal sealed class HandlerLoggerFactory : ILoggerFactory
{
    /// <summary>The event ids of the lines "was not authenticated", "was challenged" and "was forbidden" in the base class.</summary>
    private const int NotAuthenticated = 7, Challenged = 12, Forbidden = 13;

    private static readonly ConditionalWeakTable<ILoggerFactory, HandlerLoggerFactory> Known = [];

    private readonly ILoggerFactory _loggers;

    /// <summary>
    /// The loggers that were created, by category. ASP.NET Core creates a handler for each request, but the handlers of all requests share one
    /// logger.
    /// </summary>
    private readonly ConcurrentDictionary<string, ILogger> _created = new(StringComparer.Ordinal);

    private HandlerLoggerFactory(ILoggerFactory loggers) => _loggers = loggers;

    public static HandlerLoggerFactory Of(ILoggerFactory loggers) => Known.GetValue(loggers, static all => new HandlerLoggerFactory(all));

    public ILogger CreateLogger(string categoryName) => _created.GetOrAdd(categoryName, static (name, all) => new FilteredLogger(all.CreateLogger(name)), _loggers);

    public void AddProvider(ILoggerProvider provider) => _loggers.AddProvider(provider);

    public void Dispose()
    {
        // The application owns its loggers.
    }

    /// <summary>A logger that discards the lines "was not authenticated", "was challenged" and "was forbidden", and passes all other lines on.</summary>
    private sealed class FilteredLogger(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id is not (NotAuthenticated or Challenged or Forbidden)) logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
