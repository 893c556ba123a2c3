using System.Globalization;

namespace Rewt.Samples.Demo;

/// <summary>What the server has run, from INFO commandstats.</summary>
/// <param name="All">All commands but those that belong to looking (INFO here, ZRANGE on the dashboard) and to keeping connections alive (PING).</param>
/// <param name="Polls">Reads of a key ring: one MULTI each.</param>
/// <param name="Writes">Writes of a key ring: a rotation, an invalidation, a key pair's sign of life.</param>
internal sealed record CommandCounts(long All, long Polls, long Writes)
{
    /// <returns>The counts, or null where the server keeps none.</returns>
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
