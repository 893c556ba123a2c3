using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rewt.Tests.Infrastructure;

namespace Rewt.Tests.Repository;

public sealed partial class ReadmeTests
{
    private static string Readme => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")).ReplaceLineEndings("\n");

    [Fact]
    public void Every_snippet_of_the_README_is_one_that_compiles()
    {
        var written = Blocks().ToDictionary(block => block.Name, block => block.Text, StringComparer.Ordinal);
        var compiled = Twins().ToDictionary(twin => twin.Name, twin => twin.Text, StringComparer.Ordinal);

        written.Keys.ShouldContain("receiving");
        written.Keys.ShouldContain("sending");
        Marker().Count(Readme).ShouldBe(written.Count, "each marker is followed by a block of C#");
        foreach (var (name, text) in written)
        {
            compiled.Keys.ShouldContain(name, "tests/Rewt.Tests/Repository/Snippets has its twin");
            text.ShouldBe(compiled[name]);
        }
    }

    [Fact]
    public async Task The_snippets_do_what_they_say()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRewtInMemory(options => options.ServiceName = "orders");
        Snippets.Receiving.Write(builder);
        Snippets.Sending.Write(builder);
        await using var application = builder.Build();

        application.Services.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate();

        var schemes = application.Services.GetRequiredService<Microsoft.AspNetCore.Authentication.IAuthenticationSchemeProvider>();
        (await schemes.GetDefaultAuthenticateSchemeAsync())!.HandlerType.ShouldBe(typeof(RewtHandler));
        application.Services.GetRequiredService<IHttpClientFactory>().CreateClient("inventory").BaseAddress!.Host.ShouldBe("inventory.example");
    }

    private static IEnumerable<(string Name, string Text)> Blocks() =>
        Block().Matches(Readme).Select(match => (match.Groups["name"].Value, Unindent(match.Groups["text"].Value)));

    private static IEnumerable<(string Name, string Text)> Twins() => Directory
        .EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tests", "Rewt.Tests", "Repository", "Snippets"), "*.cs")
        .SelectMany(file => Twin().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")))
        .Select(match => (match.Groups["name"].Value, Unindent(match.Groups["text"].Value)));

    private static string Unindent(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        var indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..].TrimEnd() : string.Empty));
    }

    [GeneratedRegex(@"<!-- snippet: [^>]*-->", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Marker();

    [GeneratedRegex(@"^<!-- snippet: (?<name>[a-z-]+) -->\n+```csharp\n(?<text>.*?)\n```$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^ *// snippet: (?<name>[a-z-]+)\n(?<text>.*?)\n *// end of snippet$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Twin();
}
