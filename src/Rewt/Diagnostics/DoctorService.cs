using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The background service that examines the key rings of this process for problems of their setup, a few seconds after the start and then every ten
/// minutes. A failed examination is repeated sooner. The service logs each new and each resolved finding, and stores the report for the health check.
/// </summary>
internal sealed partial class DoctorService(KeyRingRegistry rings, DoctorReports reports, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    /// <summary>
    /// The delay of the first examination, so that the start of the application is not slowed down. A random delay is added, so that the instances of
    /// a service do not all examine Redis at the same time.
    /// </summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <summary>The number of clock checks between two examinations. A clock check uses the last read and sends no command.</summary>
    private const int ClockChecks = 120;

    private readonly ILogger _logger = loggers.CreateLogger("Rewt.Doctor");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(rings.Names.Where(name => Provider(name).Doctor is not null).Select(name => RepeatAsync(name, stoppingToken)));

    /// <summary>
    /// Examines one key ring repeatedly. Each key ring has its own loop, so that an unavailable Redis server of one key ring does not delay the
    /// examination of other key rings.
    /// </summary>
    private async Task RepeatAsync(string name, CancellationToken cancellationToken)
    {
        var retry = 1;
        while (true)
        {
            do
            {
                await Task.Delay(FirstPause * (1 + (Random.Shared.NextDouble() / 4)), time, cancellationToken).ConfigureAwait(false);
            }
            while (Provider(name).Known is null);

            var checks = ClockChecks;
            if (await TryExamineAsync(name, cancellationToken).ConfigureAwait(false)) retry = 1;
            // The pause doubles with each failure, so that an outage causes few examinations.
            else (checks, retry) = (retry, Math.Min(retry * 2, ClockChecks));
            for (var check = 0; check < checks; check++)
            {
                await Task.Delay(Pause / ClockChecks, time, cancellationToken).ConfigureAwait(false);
                CheckClock(name);
            }
        }
    }

    private KeyRingProvider Provider(string name) => rings.Provider(rings.Options(name).Namespace);

    private async Task<bool> TryExamineAsync(string name, CancellationToken cancellationToken)
    {
        var keyRing = Provider(name);
        try
        {
            var examination = new RingExamination(keyRing.Name, FleetSettings.Of(rings.Options(name)), keyRing.Doctor, keyRing.Tracker);
            var report = await examination.RunAsync(keyRing.Known!, cancellationToken).ConfigureAwait(false);
            Report(report with { Findings = [.. report.Findings.Where(finding => finding.Severity != FindingSeverity.Information)] });
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // An outage is reported elsewhere; earlier findings remain.
            var cause = StoreFailure.Cause(exception);
            LogUnable(keyRing.Name, cause);
            return false;
        }
    }

    /// <summary>
    /// Removes the finding of a wrong clock from the report if the clock has been corrected, so that the health check stops reporting the finding
    /// before the next examination.
    /// </summary>
    private void CheckClock(string name)
    {
        var keyRing = Provider(name);
        var before = reports.Of(keyRing.Name);
        var after = before.Where(finding => finding.Code != RingExamination.ClockOffset).ToList();
        if (after.Count < before.Count && keyRing.Known is { } known && !RingExamination.IsClockOff(known, rings.Options(name).ClockSkew)) Report(new DoctorReport(keyRing.Name, after, reports.ConnectionOf(keyRing.Name)));
    }

    private void Report(DoctorReport report)
    {
        var (ring, findings, _) = report;
        var before = reports.Of(ring);
        foreach (var finding in findings.Except(before))
        {
            LogFinding(finding.Severity == FindingSeverity.Warning ? LogLevel.Warning : LogLevel.Information, ring, finding.Code, finding.Text);
        }

        foreach (var code in before.Select(finding => finding.Code).Except(findings.Select(finding => finding.Code), StringComparer.Ordinal)) LogResolved(ring, code);
        reports.Put(report);
    }

    [LoggerMessage(EventId = 70, EventName = "DoctorFinding", Message = "Key ring {Ring}, {Finding}: {Text}")]
    private partial void LogFinding(LogLevel level, string ring, string finding, string text);

    [LoggerMessage(EventId = 71, EventName = "DoctorFindingGone", Level = LogLevel.Information, Message = "Key ring {Ring}, {Finding}: resolved.")]
    private partial void LogResolved(string ring, string finding);

    [LoggerMessage(EventId = 72, EventName = "DoctorUnable", Level = LogLevel.Debug, Message = "Key ring {Ring}: the examination failed ({Cause}) and will be repeated.")]
    private partial void LogUnable(string ring, string cause);
}
