namespace Rewt.Tests.Docs;

/// <summary>Runs the curl commands of a page, and compares their output with the output that the page shows.</summary>
internal static partial class CurlExamples
{
    /// <param name="path">The path of the page from the root of the repository.</param>
    /// <param name="authority">The host and the port that replace <c>localhost</c> and the port of the page.</param>
    /// <param name="environment">The environment variables that the commands use.</param>
    public static async Task RunAsync(string path, string authority, IReadOnlyDictionary<string, string?>? environment = null)
    {
        Require.That(Executables.Find("bash") is not null && Executables.Curl is not null, "needs bash and curl on the PATH");
        var page = Page.Read(path);
        var examples = Example().Matches(page.Text);
        examples.Count.ShouldBe(page.Fences().Count(block => block.Marker == "curl"), $"{path}: the output follows each block of commands");
        examples.ShouldNotBeEmpty(path);
        foreach (Match example in examples)
        {
            var script = Address().Replace(example.Groups["script"].Value, authority);

            (await Programs.OutputAsync("bash", ["-euo", "pipefail", "-c", script], environment: environment)).TrimEnd('\n').ShouldBe(example.Groups["output"].Value, script);
        }
    }

    [GeneratedRegex(@"^<!-- curl -->\n```bash\n(?<script>.*?)\n```\n\n```text\n(?<output>.*?)\n```$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();

    [GeneratedRegex("localhost:[0-9]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Address();
}
