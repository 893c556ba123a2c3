using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The loggers of an authentication handler without the lines that its base class writes for each refused request: ours state the reason, and their number
/// is limited.
/// </summary>
internal sealed class HandlerLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    /// <summary>The base class's ids of "was not authenticated" and "was challenged".</summary>
    private const int NotAuthenticated = 7, Challenged = 12;

    public ILogger CreateLogger(string categoryName) => new Limited(loggers.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    public void Dispose()
    {
        // The application owns its loggers.
    }

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
