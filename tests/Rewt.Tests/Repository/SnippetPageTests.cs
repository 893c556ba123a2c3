using System.Text.RegularExpressions;
using Rewt.Tests.Infrastructure;

namespace Rewt.Tests.Repository;

/// <summary>Pages whose C# stands in a file that is compiled, and run by the tests that this file is or starts.</summary>
public sealed partial class SnippetPageTests
{
    [Theory]
    [InlineData("src/Rewt.Testing/README.md", "tests/Rewt.Tests/TestKit")]
    [InlineData("docs/testing.md", "tests/Rewt.Tests/TestKit")]
    [InlineData("docs/signalr.md", "samples/SignalR")]
    [InlineData("docs/grpc.md", "samples/Grpc")]
    [InlineData("docs/yarp.md", "samples/Yarp")]
    public void The_code_of_a_page_is_code_that_compiles(string page, string source)
    {
        var text = Read(Path.Combine(RepositoryRoot.Path, page));
        var compiled = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, source), "*.cs")
            .SelectMany(file => Twin().Matches(Read(file)))
            .ToDictionary(match => match.Groups["name"].Value, match => Unindent(match.Groups["text"].Value), StringComparer.Ordinal);
        var blocks = Block().Matches(text);

        blocks.Count.ShouldBeGreaterThan(0);
        blocks.Count.ShouldBe(CSharp().Count(text), "each block of C# has a marker");
        foreach (Match block in blocks)
        {
            compiled.Keys.ShouldContain(block.Groups["name"].Value);
            block.Groups["text"].Value.ShouldBe(compiled[block.Groups["name"].Value]);
        }
    }

    [Fact]
    public void The_test_that_the_kits_README_shows_is_under_fifteen_lines()
    {
        var block = Block().Matches(Read(Path.Combine(RepositoryRoot.Path, "src", "Rewt.Testing", "README.md"))).Single();

        block.Groups["text"].Value.Split('\n').Length.ShouldBeLessThan(15);
        block.Groups["text"].Value.ShouldStartWith("[Fact]");
    }

    private static string Read(string file) => File.ReadAllText(file).ReplaceLineEndings("\n");

    private static string Unindent(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        var indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..].TrimEnd() : string.Empty));
    }

    [GeneratedRegex("^```csharp$", RegexOptions.CultureInvariant | RegexOptions.Multiline, 1000)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"^<!-- snippet: (?<name>[a-z-]+) -->\n+```csharp\n(?<text>.*?)\n```$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^ *// snippet: (?<name>[a-z-]+)\n(?<text>.*?)\n *// end of snippet$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Twin();
}
