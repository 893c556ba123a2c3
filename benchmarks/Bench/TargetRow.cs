using System.Globalization;

namespace Rewt.Benchmarks;

/// <summary>The target of a ratio between two benchmarks.</summary>
/// <param name="Type">The class of both benchmarks.</param>
/// <param name="Work">The description of the measured work.</param>
/// <param name="Ours">The method that measures Rewt.</param>
/// <param name="Peer">The method that measures the peer.</param>
/// <param name="Overhead">A method whose cost is subtracted from both, or <see langword="null"/>.</param>
/// <param name="Time">The maximum ratio of times, or <see langword="null"/>.</param>
/// <param name="Bytes">The maximum ratio of allocated bytes, or <see langword="null"/>.</param>
internal sealed record TargetRow(string Type, string Work, string Ours, string Peer, string? Overhead, double? Time, double? Bytes)
{
    public bool Print(IReadOnlyDictionary<(string, string), (double Time, double Bytes)> measured, TextWriter output)
    {
        var overhead = Overhead is null ? default : measured[(Type, Overhead)];
        var (ours, peer) = (measured[(Type, Ours)], measured[(Type, Peer)]);
        var time = (ours.Time - overhead.Time) / (peer.Time - overhead.Time);
        var bytes = peer.Bytes - overhead.Bytes > 0 ? (ours.Bytes - overhead.Bytes) / (peer.Bytes - overhead.Bytes) : 0;
        var isMet = !(time > Time) && !(bytes > Bytes);
        var target = string.Create(CultureInfo.InvariantCulture, $"{Limit(Time)}, {Limit(Bytes)}{(isMet ? "" : " **missed**")}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {Work} | {Peer} | {time:0.00} ({ours.Time - overhead.Time:0} of {peer.Time - overhead.Time:0} ns) | {bytes:0.00} ({ours.Bytes - overhead.Bytes:0} of {peer.Bytes - overhead.Bytes:0}) | {target} |"));
        return isMet;
    }

    private static string Limit(double? ratio) => ratio is { } value ? string.Create(CultureInfo.InvariantCulture, $"≤ {value:0.00}") : "–";
}
