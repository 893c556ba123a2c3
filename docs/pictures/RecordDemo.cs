// Records a run of the demo as an animated SVG: dotnet run docs/pictures/RecordDemo.cs -- [--duration 20] [--output docs/pictures/demo.svg] [--no-build]
using System.Diagnostics;
using System.Globalization;
using System.Security;
using System.Text;

string Option(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
var duration = int.Parse(Option("--duration", "20"), CultureInfo.InvariantCulture);
var output = Option("--output", "docs/pictures/demo.svg");
string[] noBuild = args.Contains("--no-build") ? ["--no-build"] : [];

// Without a terminal, the demo prints one line a second, and each line is one frame of the picture.
var lines = new List<string>();
using (var demo = Process.Start(new ProcessStartInfo("dotnet", ["run", .. noBuild, "--project", "samples/Demo", "--", "--duration", Option("--duration", "20")]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!)
{
    var gate = new Lock();
    void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (gate)
        {
            if (line.Data is { Length: > 0 } text) lines.Add(text);
        }
    }

    demo.OutputDataReceived += Keep;
    demo.ErrorDataReceived += Keep;
    demo.BeginOutputReadLine();
    demo.BeginErrorReadLine();
    await demo.WaitForExitAsync();
    if (demo.ExitCode != 0) throw new InvalidOperationException($"The demo ended with {demo.ExitCode}: {string.Join('\n', lines)}");
}

var frames = lines.Where(line => line.StartsWith("calls ", StringComparison.Ordinal)).Select(Figures).ToList();
if (frames.Count < 2) throw new InvalidOperationException($"No figures in {duration} seconds: {string.Join('\n', lines)}");
var log = lines.Where(line => !line.StartsWith("calls ", StringComparison.Ordinal) && !line.StartsWith('{')).TakeWhile(line => !line.Contains(" calls in ", StringComparison.Ordinal)).ToList();
await File.WriteAllTextAsync(output, Draw(log, frames, [.. lines.SkipWhile(line => !line.Contains(" calls in ", StringComparison.Ordinal))]));
Console.WriteLine($"{output}: {frames.Count} frames");

// "calls 12 in 1 s | failures 0 | …": names and values.
static List<(string Name, string Value)> Figures(string line) =>
[
    .. line.Split(" | ").Select(part =>
    {
        string[] names = ["calls", "failures", "retries", "rotations", "current key", "Redis commands per call", "time of a call"];
        var name = names.First(known => part.StartsWith(known, StringComparison.Ordinal));
        return (name, part[name.Length..].Trim());
    }),
];

static string Draw(List<string> log, List<List<(string Name, string Value)>> frames, List<string> summary)
{
    const int Width = 820;
    const int Row = 24;
    var height = 160 + (log.Count * 20) + (frames[0].Count * Row) + (summary.Count * 20);
    var seconds = frames.Count.ToString(CultureInfo.InvariantCulture);
    var share = (100.0 / frames.Count).ToString("0.00", CultureInfo.InvariantCulture);
    var keys = frames.Select(frame => frame.First(figure => figure.Name == "current key").Value).Distinct(StringComparer.Ordinal).ToList();
    var svg = new StringBuilder();
    svg.Append(CultureInfo.InvariantCulture, $$"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{height}}" width="{{Width}}" height="{{height}}" role="img" aria-labelledby="title desc">
          <title id="title">A run of the demo</title>
          <desc id="desc">Three services in two instances each call each other while the signing key changes every five seconds: {{SecurityElement.Escape(string.Join(", ", frames[^1].Select(figure => $"{figure.Name} {figure.Value}")))}}.</desc>
          <style>
            text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; white-space: pre; }
            .paper { fill: #f6f8fa; stroke: #d1d9e0; } .dim { fill: #59636e; font-size: 12.5px; } .good { fill: #1a7f37; } .rule { stroke: #d1d9e0; }
            .k0 { fill: #0969da; } .k1 { fill: #1a7f37; } .k2 { fill: #9a6700; } .k3 { fill: #8250df; }
            .f { opacity: 0; animation: f {{seconds}}s linear infinite; }
            @keyframes f { 0%, {{share}}% { opacity: 1 } {{share}}1%, 100% { opacity: 0 } }
            @media (prefers-reduced-motion: reduce) { .f { animation: none; } .f.last { opacity: 1; } }
            @media (prefers-color-scheme: dark) {
              text { fill: #f0f6fc; } .paper { fill: #0d1117; stroke: #3d444d; } .dim { fill: #9198a1; } .good { fill: #3fb950; } .rule { stroke: #3d444d; }
              .k0 { fill: #4493f8; } .k1 { fill: #3fb950; } .k2 { fill: #d29922; } .k3 { fill: #ab7df8; }
            }
          </style>
          <rect class="paper" x="0.5" y="0.5" width="{{Width - 1}}" height="{{height - 1}}" rx="10"/>
          <circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
          <text x="22" y="58">$ dotnet run --project samples/Demo</text>

        """);
    var y = 84;
    foreach (var line in log)
    {
        svg.Append(CultureInfo.InvariantCulture, $"  <text class=\"dim\" x=\"22\" y=\"{y}\">{SecurityElement.Escape(line)}</text>\n");
        y += 20;
    }

    y += 14;
    svg.Append(CultureInfo.InvariantCulture, $"  <text x=\"22\" y=\"{y}\" font-weight=\"600\">Orders → Inventory → Shipping</text>\n  <path class=\"rule\" d=\"M22,{y + 10} H{Width - 22}\"/>\n");
    y += 34;
    for (var row = 0; row < frames[0].Count; row++) svg.Append(CultureInfo.InvariantCulture, $"  <text class=\"dim\" x=\"22\" y=\"{y + (row * Row)}\">{frames[0][row].Name}</text>\n");
    for (var at = 0; at < frames.Count; at++)
    {
        svg.Append(CultureInfo.InvariantCulture, $"  <g class=\"f{(at == frames.Count - 1 ? " last" : "")}\" style=\"animation-delay:-{frames.Count - at}s\">");
        for (var row = 0; row < frames[at].Count; row++)
        {
            var (name, value) = frames[at][row];
            var mood = name switch
            {
                "failures" or "retries" when value == "0" => " class=\"good\"",
                "current key" => string.Create(CultureInfo.InvariantCulture, $" class=\"k{keys.IndexOf(value) % 4}\""),
                _ => "",
            };
            svg.Append(CultureInfo.InvariantCulture, $"<text{mood} x=\"250\" y=\"{y + (row * Row)}\">{SecurityElement.Escape(value)}</text>");
        }

        // The demo prints the summary when it ends.
        for (var row = 0; at == frames.Count - 1 && row < summary.Count; row++) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"22\" y=\"{y + 10 + (frames[0].Count * Row) + (row * 20)}\">{SecurityElement.Escape(summary[row])}</text>");
        svg.Append("</g>\n");
    }

    return svg.Append("</svg>\n").ToString();
}
