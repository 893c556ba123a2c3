using Markdig;
using Markdig.Syntax;

namespace Rewt.Tests.Docs;

/// <summary>Represents a Markdown page of the repository.</summary>
internal sealed class Page
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    private static readonly string[] Folders = [".", "docs", "samples", "benchmarks", "src"];

    private Page(string path)
    {
        Path = path;
        Text = File.ReadAllText(System.IO.Path.Combine(RepositoryRoot.Path, path)).ReplaceLineEndings("\n");
        Document = Markdown.Parse(Text, Pipeline);
    }

    /// <summary>Gets the path from the root of the repository, with forward slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    public MarkdownDocument Document { get; }

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public static Page Read(string path) => new(path);

    /// <summary>Returns the paths of all pages in the root of the repository and in the folders of documentation, samples, benchmarks and sources.</summary>
    public static IEnumerable<string> Paths() => Folders
        .SelectMany(folder => Directory.EnumerateFiles(
            System.IO.Path.Combine(RepositoryRoot.Path, folder), "*.md", folder == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories))
        .Select(file => System.IO.Path.GetRelativePath(RepositoryRoot.Path, file).Replace('\\', '/'))
        .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <summary>Returns the fenced code blocks in order, each with the comment directly before it.</summary>
    public IEnumerable<Fence> Fences()
    {
        var blocks = Document.Descendants().OfType<LeafBlock>().ToList();
        for (var index = 0; index < blocks.Count; index++)
        {
            if (blocks[index] is FencedCodeBlock fence)
            {
                var marker = index > 0 && blocks[index - 1] is HtmlBlock html ? html.Lines.ToString().Trim() : "";
                yield return new Fence(Path, fence.Line + 1, fence.Info ?? "", Marker(marker), fence.Lines.ToString().ReplaceLineEndings("\n"));
            }
        }
    }

    private static string Marker(string comment) =>
        comment.StartsWith("<!-- ", StringComparison.Ordinal) && comment.EndsWith(" -->", StringComparison.Ordinal) ? comment[5..^4] : "";
}
