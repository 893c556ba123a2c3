using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>
/// Stores the result of the doctor's last examination of each key ring of this process, so that the health check and the metrics can report the
/// findings at any time.
/// </summary>
internal sealed class DoctorReports
{
    private readonly ConcurrentDictionary<string, DoctorReport> _reports = new(StringComparer.Ordinal);

    public IEnumerable<DoctorReport> All => _reports.Values;

    public IReadOnlyList<Finding> Of(string @namespace) => _reports.TryGetValue(@namespace, out var report) ? report.Findings : [];

    public StoreConnection? ConnectionOf(string @namespace) => _reports.GetValueOrDefault(@namespace)?.Connection;

    public void Put(DoctorReport report) => _reports[report.Namespace] = report;
}
