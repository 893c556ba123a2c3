using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The hosted service that runs when the application starts. The service logs the effective settings, and starts the polling of all key rings and the
/// doctor. The service does not wait for Redis. The polling ends when the service container is disposed.
/// </summary>
internal sealed partial class RingHostedService(
    KeyRingRegistry rings, IRingStoreFactory stores, DoctorService doctor, RingGauges gauges, ILoggerFactory loggers, IHostEnvironment? environment = null) : IHostedService
{
    private readonly ILogger _logger = loggers.CreateLogger("Rewt.KeyRing");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Resolving the gauges registers them; they must live as long as the application.
        GC.KeepAlive(gauges);
        foreach (var settings in rings.Names.Select(rings.Options))
        {
            var summary = new SettingsSummary(settings, stores.Name);
            if (_logger.IsEnabled(LogLevel.Information)) LogSettings(settings.ServiceName, settings.Namespace, settings.EffectiveKeyMode, summary.Source, summary.Accepted, summary.Identity, summary.Durations);
            if (settings.ExplainRefusals && environment?.IsDevelopment() != true) LogExplained(settings.Section, settings.Namespace);
        }

        rings.StartAll();
        return doctor.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Stops the doctor, and removes this instance from the lists of live instances. The instance is removed here, and not when the service container
    /// is disposed, because the multiplexer of the application may already be disposed at that time.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await doctor.StopAsync(cancellationToken).ConfigureAwait(false);
        await rings.LeaveAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(EventId = 17, EventName = "SettingsInForce", Level = LogLevel.Information,
        Message = "The settings of {Service} in the namespace {Ring}: KeyMode {KeyMode}, keys from {Source}. It accepts {Accepted}. {Identity}. {Durations}.")]
    private partial void LogSettings(string? service, string ring, KeyMode keyMode, string source, string accepted, string identity, string durations);

    [LoggerMessage(EventId = 18, EventName = "RefusalsExplained", Level = LogLevel.Warning,
        Message = "{Section}:ExplainRefusals is true outside Development, so responses of {Ring} contain the reason of a refusal, with names of services and keys. Remove the setting when the cause is found.")]
    private partial void LogExplained(string section, string ring);
}
