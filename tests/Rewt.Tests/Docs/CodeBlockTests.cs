using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.Configuration;

namespace Rewt.Tests.Docs;

/// <summary>
/// Checks the code blocks of the documentation. A block marked <c>&lt;!-- snippet: name --&gt;</c> is identical to source code that is compiled, and usually run,
/// elsewhere. Any other C# block is compiled here as the body of a program that declares the usual variables. The using directives of a block also apply to
/// the later blocks of its page.
/// </summary>
public sealed partial class CodeBlockTests
{
    /// <summary>The declarations of the variables that a block can use without declaring them.</summary>
    private static readonly Dictionary<string, string> Declarations = new(StringComparer.Ordinal)
    {
        ["builder"] = "WebApplicationBuilder builder = WebApplication.CreateBuilder(args);",
        ["app"] = "WebApplication app = null!;",
        ["services"] = "IServiceCollection services = null!;",
        ["client"] = "HttpClient client = null!;",
        ["request"] = "HttpRequestMessage request = null!;",
        ["tokens"] = "IRewtTokens tokens = null!;",
        ["data"] = "IRewtSignedData data = null!;",
        ["ring"] = "IRewtKeyRing ring = null!;",
        ["tenants"] = "IRewtTenants tenants = null!;",
        ["apps"] = "IRewtApps apps = null!;",
        ["keyId"] = "string keyId = null!;",
        ["cancellationToken"] = "CancellationToken cancellationToken = default;",
    };

    private static readonly string[] Folders = ["tests", "samples", "src"];

    /// <summary>The using directives that the SDK of web projects adds. A block needs its own directives for all other namespaces.</summary>
    private const string ImplicitUsings =
        """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Net.Http;
        using System.Net.Http.Json;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Hosting;
        using Microsoft.AspNetCore.Http;
        using Microsoft.AspNetCore.Routing;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Logging;

        """;

    internal static readonly Lazy<MetadataReference[]> References = new(() => [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Select(path => MetadataReference.CreateFromFile(path))]);

    public static TheoryData<string> Pages => [.. Page.Paths().Where(path => Page.Read(path).Fences().Any(IsCSharp))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_unmarked_csharp_blocks_of_a_page_compile(string path)
    {
        var usings = new HashSet<string>(StringComparer.Ordinal);
        foreach (var block in Page.Read(path).Fences().Where(IsCSharp))
        {
            if (block.Marker.StartsWith("snippet: ", StringComparison.Ordinal) || block.Marker.StartsWith("newcomer: ", StringComparison.Ordinal)) continue;
            var errors = CSharpCompilation.Create("Page", [CSharpSyntaxTree.ParseText(Program(block.Text, usings), cancellationToken: Cancellation)], References.Value)
                .GetDiagnostics(Cancellation)
                .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
            errors.ShouldBeEmpty(block.Location);
        }
    }

    [Fact]
    public void Every_marked_snippet_is_identical_to_code_that_is_compiled()
    {
        var snippets = Sources().SelectMany(source => Snippet().Matches(source)).ToLookup(match => match.Groups["name"].Value, match => Unindent(match.Groups["text"].Value), StringComparer.Ordinal);
        foreach (var block in Page.Paths().SelectMany(path => Page.Read(path).Fences()).Where(block => block.Marker.StartsWith("snippet: ", StringComparison.Ordinal)))
        {
            var name = block.Marker["snippet: ".Length..];
            snippets[name].ShouldContain(block.Text, $"{block.Location} differs from '// snippet: {name}' in tests, samples and src");
        }
    }

    [Fact]
    public void The_json_blocks_of_a_page_are_valid_and_use_existing_settings()
    {
        foreach (var block in Page.Paths().SelectMany(path => Page.Read(path).Fences()).Where(block => block.Language is "json" or "jsonc"))
        {
            JsonElement json = default;
            Should.NotThrow(() => json = JsonDocument.Parse(block.Text, new() { CommentHandling = JsonCommentHandling.Skip }).RootElement, block.Location);
            if (json.ValueKind != JsonValueKind.Object) continue;

            var options = new RewtOptions();
            var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(block.Text))).Build().GetSection("Rewt");
            if (configuration.Exists()) options.Bind(configuration);
            foreach (var scheme in configuration.GetSection("Schemes").GetChildren()) options.Bind(scheme);
            options.Problems.ShouldBeEmpty(block.Location);
        }
    }

    private static bool IsCSharp(Fence block) => block.Language is "csharp" or "cs" or "c#";

    /// <summary>Returns the program that contains a block.</summary>
    /// <param name="block">The text of the block.</param>
    /// <param name="usings">The using directives of the earlier blocks. The method adds those of <paramref name="block"/>.</param>
    private static string Program(string block, HashSet<string> usings)
    {
        var lines = block.Split('\n');
        var head = lines.TakeWhile(line => line.StartsWith("using ", StringComparison.Ordinal) || line.Length == 0).ToList();
        usings.UnionWith(head.Where(line => line.Length > 0));
        var body = string.Join('\n', lines.Skip(head.Count));
        var program = new StringBuilder(ImplicitUsings).AppendJoin('\n', usings).AppendLine();
        foreach (var (name, declaration) in Declarations)
        {
            if (Regex.IsMatch(body, $@"(?<![\w.]){name}\b", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
                && !Regex.IsMatch(body, $@"[\w>?]+ {name}( =|,|\)|;| in )", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
            {
                program.AppendLine(declaration);
            }
        }

        return program.AppendLine("await Task.CompletedTask;").AppendLine(body).ToString();
    }

    private static IEnumerable<string> Sources() => Folders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(file => File.ReadAllText(file).ReplaceLineEndings("\n"));

    private static string Unindent(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        var indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..].TrimEnd() : string.Empty));
    }

    [GeneratedRegex(@"^ *// snippet: (?<name>[a-z-]+)\n(?<text>.*?)\n *// end of snippet$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Snippet();
}
