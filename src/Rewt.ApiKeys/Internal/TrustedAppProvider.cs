using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Keeps this instance's snapshot of the trusted apps of a namespace, with which API keys are checked. The snapshot is refreshed when the store is
/// polled or a push message arrives. The class also reports to the health check whether the apps can be read.
/// </summary>
internal sealed partial class TrustedAppProvider(
    [FromKeyedServices("")] RewtOptions options, [FromKeyedServices("")] IAppStore store, TimeProvider time, ILoggerFactory loggers)
    : PolledView<AppSnapshot>(options, time), IHealthSource
{
    /// <summary>The category of the log events of trusted apps.</summary>
    public const string LogCategory = "Rewt.Apps";

    private readonly ILogger _logger = loggers.CreateLogger(LogCategory);
    private readonly string _name = options.Namespace;
    private readonly string _section = options.ConnectionSection;

    /// <summary>Returns the health according to the last read. The method sends no command to the store.</summary>
    public RingHealth Health()
    {
        if (LastFailure is not { } failure) return Known is null ? new RingHealth(false, $"The trusted apps of '{_name}' have not been read yet.") : new RingHealth(true, null);

        var isUsable = Known is { } known && known.Age(ClockReading.Now(Time)) <= StaleBudget;
        return new RingHealth(isUsable, $"The trusted apps of '{_name}' cannot be read ({StoreFailure.Reason(failure)}), so {(isUsable ? "the known API keys stay in use" : "calls with API keys get 503")}. Check Redis and the permissions of the login.");
    }

    protected override async Task<AppSnapshot?> ReadAsync(AppSnapshot? previous, CancellationToken cancellationToken)
    {
        var began = ClockReading.Now(Time);
        var reading = await store.ReadAsync(previous?.Reading, cancellationToken).ConfigureAwait(false);
        var revoked = previous?.Revoked ?? ImmutableHashSet<string>.Empty.WithComparer(StringComparer.Ordinal);
        if (reading != previous?.Reading)
        {
            revoked = revoked.Union(reading.Apps.Values.SelectMany(app => app.Keys).Where(key => key.Revoked is not null).Select(key => key.Id));
        }

        return new AppSnapshot(reading, revoked, began);
    }

    protected override void OnResumed() => store.OnResumed();

    protected override Task SubscribeAsync(Action onChanged, CancellationToken cancellationToken) => store.SubscribeAsync(onChanged, cancellationToken);

    protected override RewtKeysUnavailableException Unavailable(Exception? exception) => new(
        $"The trusted apps of '{_name}' are unavailable: {StoreFailure.OfRead(exception, _section)}",
        TimeSpan.FromSeconds(2),
        exception);

    protected override RewtKeysUnavailableException Unusable(string problem) => Unavailable(null);

    protected override void LogUnavailable(Exception exception) => LogAway(_name, StoreFailure.Explanation(exception) ?? "See the exception.", State(), StoreFailure.Unexplained(exception));

    protected override void LogAvailable() => LogBack(_name);

    protected override void LogNoPush(Exception exception) => LogNoPush(_name, exception);

    [LoggerMessage(EventId = 60, EventName = "AppStoreUnavailable", Level = LogLevel.Warning,
        Message = "The trusted apps of {Namespace} cannot be read. {Explanation} {State}")]
    private partial void LogAway(string @namespace, string explanation, string state, Exception? exception);

    [LoggerMessage(EventId = 61, EventName = "AppStoreAvailable", Level = LogLevel.Information, Message = "The trusted apps of {Namespace} can be read again.")]
    private partial void LogBack(string @namespace);

    [LoggerMessage(EventId = 62, EventName = "AppsNoPush", Level = LogLevel.Warning,
        Message = "The trusted apps of {Namespace} receive no push messages. Changes are detected by polling, and the next poll subscribes again.")]
    private partial void LogNoPush(string @namespace, Exception exception);
}
