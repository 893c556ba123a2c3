using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Records in memory when each API key was last accepted, and writes the recorded times to the store once a minute. <see cref="IRewtApps.ListAsync"/>
/// returns these times.
/// </summary>
internal sealed partial class AppUseLog([FromKeyedServices("")] IAppStore store, TimeProvider time, ILoggerFactory loggers)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = loggers.CreateLogger(TrustedAppProvider.LogCategory);
    private ConcurrentDictionary<string, long> _uses = new(StringComparer.Ordinal);
    private bool _isFailing;

    /// <summary>
    /// Records the current time as the time at which a key was last accepted. Call this method only for accepted keys, so that forged key ids do not
    /// fill the memory.
    /// </summary>
    public void Note(string keyId) => Volatile.Read(ref _uses)[keyId] = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Writes to the store the times that were recorded since the last call of this method.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var uses = Interlocked.Exchange(ref _uses, new ConcurrentDictionary<string, long>(StringComparer.Ordinal));
        if (uses.IsEmpty) return;
        try
        {
            await store.WriteUsesAsync(uses, cancellationToken).ConfigureAwait(false);
            _isFailing = false;
        }
        catch (Exception exception)
        {
            foreach (var (keyId, at) in uses) _uses.TryAdd(keyId, at);
            if (cancellationToken.IsCancellationRequested) throw;

            if (!_isFailing) LogNotWritten(exception);
            _isFailing = true;
        }
    }

    /// <summary>Writes the recorded times to the store once a minute, until the token is canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false)) await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(EventId = 63, EventName = "AppUsesNotWritten", Level = LogLevel.Warning,
        Message = "The time at which API keys were last used cannot be written to Redis. The write is repeated every minute.")]
    private partial void LogNotWritten(Exception exception);
}
