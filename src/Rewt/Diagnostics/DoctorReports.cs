using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>Holds the last report of the doctor on each key ring of this process. The health check and the gauges read it.</summary>
internal sealed class DoctorReports
{
    private readonly ConcurrentDictionary<string, DoctorReport> _reports = new(StringComparer.Ordinal);

    public IEnumerable<DoctorReport> All => _reports.Values;

    public IReadOnlyList<Finding> Of(string ring) => _reports.TryGetValue(ring, out var report) ? report.Findings : [];

    public StoreConnection? ConnectionOf(string ring) => _reports.GetValueOrDefault(ring)?.Connection;

    public void Put(DoctorReport report) => _reports[report.Ring] = report;
}
