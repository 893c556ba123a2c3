namespace Rewt.Tests.Samples;

/// <summary>Runs the demo in a terminal of 80 columns.</summary>
public sealed partial class DemoTerminalTests
{
    private const int Columns = 80;

    [Fact]
    public async Task Nothing_is_wrapped_or_cut_in_a_terminal_of_80_columns()
    {
        Require.That(Executables.Find("script") is not null, "needs script (util-linux) for a terminal");
        await using var redis = await RedisServer.StartAsync();
        var command = $"stty cols {Columns} rows 40; exec {Executables.Dotnet} {Programs.PathOf("samples/Demo", "Demo.dll")} --duration 6 --no-browser --rotate 00:01:00 --redis {redis.ConnectionString}";

        var (_, text, _) = await Programs.RunToEndAsync(
            Executables.Find("script")!, ["--quiet", "--flush", "--command", command, "/dev/null"], environment: new Dictionary<string, string?> { ["TERM"] = "xterm-256color" });

        // Calls may fail on a busy machine, so that the numbers are not compared.
        var screen = new TerminalScreen(Columns);
        screen.Write(text);
        var rows = screen.Rows;
        screen.Wrapped.ShouldBeEmpty();
        rows.ShouldAllBe(row => !row.Contains('…'));
        // A value that is too long for its column would continue in a row without a name.
        var table = rows.Where(row => row.StartsWith('│')).Select(row => row.Split('│', StringSplitOptions.TrimEntries)).ToList();
        table.ShouldAllBe(row => row.Length == 4 && row[1].Length > 0 && row[2].Length > 0, text);
        var values = table.ToDictionary(row => row[1], row => row[2], StringComparer.Ordinal);
        values["calls"].ShouldMatch(@"^[\d,]+ in \d+ s$");
        values["failures"].ShouldMatch(@"^[\d,]+$");
        values["time of a call"].ShouldMatch(@"^[\d.,]+ ms mean · [\d.,]+ ms p99$");
        values["calls per second"].ShouldMatch(@"^[▁▂▃▄▅▆▇█]+ \d+$");
        rows.ShouldContain("r rotate · d delete the keys · q quit");
        rows.ShouldContain(row => Summary().IsMatch(row));
        rows.Last(row => row.Length > 0).ShouldMatch(@"^(No call failed\.|Calls failed; .*)$");
    }

    [GeneratedRegex(@"^[\d,]+ calls in \d+ s, [\d,]+ failed, [\d,]+ retried; the keys rotated [\d,]+ times\.$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Summary();
}
