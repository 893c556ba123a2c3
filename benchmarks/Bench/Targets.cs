using System.Globalization;
using BenchmarkDotNet.Reports;

namespace Rewt.Benchmarks;

/// <summary>Prints the ratios of the results to the peer in the same run, beside the targets.</summary>
internal static class Targets
{
    /// <returns>Whether every benchmark ran and, unless this is a dry run, every ratio meets its target.</returns>
    public static bool Print(IEnumerable<Summary> summaries, TextWriter output, bool isDry)
    {
        var reports = summaries.SelectMany(summary => summary.Reports).ToList();
        var failed = reports.Where(report => !report.Success).Select(report => report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo).ToList();
        if (reports.Count == 0 || failed.Count > 0)
        {
            output.WriteLine($"did not run: {string.Join(", ", failed.DefaultIfEmpty("any benchmark"))}");
            return false;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reports.Count} benchmarks ran"));
        if (isDry) return true;

        var measured = reports.ToDictionary(
            report => (report.BenchmarkCase.Descriptor.Type.Name, report.BenchmarkCase.Descriptor.WorkloadMethod.Name),
            report => (Time: report.ResultStatistics!.Median, Bytes: (double)(report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0)));
        output.WriteLine("| work | peer | time | bytes | target |");
        output.WriteLine("|---|---|---|---|---|");
        return Rows().Where(row => measured.ContainsKey((row.Type, row.Ours))).Select(row => row.Print(measured, output)).ToList().TrueForAll(isMet => isMet);
    }

    private static IEnumerable<TargetRow> Rows() =>
    [
        new(nameof(Hs256Benchmarks), "a handler that does nothing (no target)", "NothingAsync", "PeerAsync", "Context", null, null),
        new(nameof(Hs256Benchmarks), "HS256, token seen before", "SeenAsync", "PeerAsync", "Context", 0.26, 0.36),
        new(nameof(Hs256Benchmarks), "HS256, token never seen", "NeverSeenAsync", "PeerAsync", "Context", 0.95, 1.00),
        new(nameof(Hs256Benchmarks), "HS256, forged token", "ForgedAsync", "PeerForgedAsync", "Context", 0.5, null),
        new(nameof(Es256Benchmarks), "ES256, token seen before", "SeenAsync", "PeerAsync", "Context", 0.26, 0.36),
        new(nameof(Es256Benchmarks), "ES256, token never seen", "NeverSeenAsync", "PeerAsync", "Context", 1.00, 1.00),
        new(nameof(Rs256Benchmarks), "RS256, token seen before", "SeenAsync", "PeerAsync", "Context", 0.26, 0.36),
        new(nameof(Rs256Benchmarks), "RS256, token never seen", "NeverSeenAsync", "PeerAsync", "Context", 1.00, 1.00),
        new(nameof(AttachBenchmarks), "attach a cached token", "AttachAsync", "Peer", null, 6, 1.00),
        new(nameof(AttachBenchmarks), "all handlers, nothing sent (no target)", "SignedClientAsync", "BareClientAsync", null, null, null),
        new(nameof(SignBenchmarks), "sign a fresh token", "FreshAsync", "Peer", null, 0.7, null),
        new(nameof(BoundBenchmarks), "token never seen, bound to target and body", "BoundAsync", "PlainAsync", "Prepare", 1.5, null),
        new(nameof(BoundBenchmarks), "sign, bound to target and body, one-time", "SignBoundAsync", "SignPlainAsync", null, 1.5, null),
    ];
}
