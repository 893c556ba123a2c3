using System.Diagnostics.Metrics;

namespace Rewt.Internal;

/// <summary>
/// Registers the observable gauges of the key rings in this process on the meter <c>Rewt</c>, for example the age of the current key. Collecting the
/// metrics reads memory only and sends no command to Redis.
/// </summary>
internal sealed class RingGauges
{
    private readonly KeyRingRegistry _rings;
    private readonly DoctorReports _reports;
    private readonly TimeProvider _time;
    private readonly ClockReading _since;

    public RingGauges(RewtMetrics metrics, KeyRingRegistry rings, DoctorReports reports, TimeProvider time)
    {
        (_rings, _reports, _time, _since) = (rings, reports, time, ClockReading.Now(time));
        var meter = metrics.Meter;
        meter.CreateObservableGauge("rewt.key.age", KeyAges, "s", "Time since the current key started to sign.");
        meter.CreateObservableGauge("rewt.ring.contact.age", ContactAges, "s", "Time since the last successful read of Redis, or since the start if there was none.");
        meter.CreateObservableGauge("rewt.ring.version", Versions, "{version}", "The version of the ring that this instance holds.");
        meter.CreateObservableGauge("rewt.ring.until_rotation", UntilRotations, "s", "Time until the next rotation; negative when it is overdue.");
        meter.CreateObservableGauge("rewt.ring.usable", Usables, null, "1 while this instance can sign and verify, otherwise 0.");
        meter.CreateObservableGauge("rewt.doctor.findings", Findings, "{finding}", "Findings of the doctor, by finding.");
    }

    /// <summary>The provider of the signing keys of each namespace that is in use.</summary>
    private IEnumerable<KeyRingProvider> Rings => _rings.Opened().DistinctBy(keyRing => keyRing.Name, StringComparer.Ordinal);

    private IEnumerable<Measurement<double>> KeyAges() =>
        from keyRing in Rings
        let age = keyRing.Known?.CurrentAge(ClockReading.Now(_time))
        where age is not null
        select Of(keyRing, age.Value.TotalSeconds);

    private IEnumerable<Measurement<double>> ContactAges() =>
        from keyRing in Rings
        select Of(keyRing, (keyRing.Known?.Age(ClockReading.Now(_time)) ?? _since.Elapsed(_time)).TotalSeconds);

    /// <summary>Returns the versions of shared key rings only, because each process counts the versions of its key pairs by itself.</summary>
    private IEnumerable<Measurement<long>> Versions() =>
        from keyRing in Rings
        where keyRing.Known is { HasSharedVersion: true }
        select Of(keyRing, keyRing.Known!.Version);

    private IEnumerable<Measurement<double>> UntilRotations() =>
        from keyRing in Rings
        let left = keyRing.Known?.UntilRotation(ClockReading.Now(_time))
        where left is not null && left != TimeSpan.MaxValue
        select Of(keyRing, left.Value.TotalSeconds);

    private IEnumerable<Measurement<long>> Usables() =>
        from keyRing in Rings
        select Of(keyRing, keyRing.Health().CanServe ? 1L : 0L);

    private IEnumerable<Measurement<long>> Findings() =>
        from report in _reports.All
        from finding in report.Findings
        select new Measurement<long>(
            1,
            new("rewt.namespace", report.Namespace),
            new("rewt.finding", finding.Code),
            new KeyValuePair<string, object?>("rewt.severity", finding.Severity == FindingSeverity.Warning ? "warning" : "advice"));

    private static Measurement<T> Of<T>(KeyRingProvider keyRing, T value)
        where T : struct => new(value, new KeyValuePair<string, object?>("rewt.namespace", keyRing.Name));
}
