using System.Globalization;

namespace Rewt.Samples.Demo;

/// <summary>The numbers of executed commands, from INFO commandstats.</summary>
/// <param name="All">All commands except those of the observers (INFO of the demo, ZRANGE of the dashboard) and keep-alives (PING).</param>
/// <param name="Polls">Reads of a key ring; each is one MULTI.</param>
/// <param name="Writes">Writes to a key ring: rotations, revocations and heartbeats of key pairs.</param>
internal sealed record CommandCounts(long All, long Polls, long Writes)
{
    /// <returns>The counts, or null if the server does not collect them.</returns>
    public static CommandCounts? Parse(string info)
    {
        var counts = info.Split('\n')
            .Select(line => line.Trim().Split(["cmdstat_", ":calls=", ","], StringSplitOptions.None))
            .Where(parts => parts.Length > 2 && parts[0].Length == 0)
            .ToDictionary(parts => parts[1], parts => long.Parse(parts[2], CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);
        return counts.Count == 0
            ? null
            : new CommandCounts(counts.Values.Sum() - Of("info") - Of("ping") - Of("zrange"), Of("multi"), Of("eval") + Of("evalsha") + Of("hset") + Of("hmset"));

        long Of(string command) => counts.GetValueOrDefault(command);
    }
}
