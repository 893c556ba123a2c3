using System.Text.RegularExpressions;
using System.Xml.Linq;
using Markdig.Helpers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Rewt.Tests.Docs;

/// <summary>What holds for every page: it says in two lines what it is, its links lead somewhere, and it is found.</summary>
public sealed partial class PageRules
{
    public static TheoryData<string> Pages => [.. Page.Paths()];

    public static TheoryData<string> PagesOfDocs => [.. Page.Paths().Where(IsDocs)];

    [Theory]
    [MemberData(nameof(PagesOfDocs))]
    public void A_page_opens_with_a_summary_of_two_lines(string path)
    {
        Summary().IsMatch(Page.Read(path).Text).ShouldBeTrue($"{path} begins with '# Title', an empty line, two lines that begin with '> ', and an empty line");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_somewhere(string path)
    {
        var page = Page.Read(path);
        foreach (var (target, anchor) in Links(page))
        {
            Path.Exists(Path.Combine(RepositoryRoot.Path, target)).ShouldBeTrue($"{path} links to {target}, which is not there");
            if (anchor.Length > 0 && target.EndsWith(".md", StringComparison.Ordinal)) Anchors(Page.Read(target)).Contains(anchor, StringComparer.Ordinal).ShouldBeTrue($"{path} links to {target}#{anchor}, which is no heading there");
        }
    }

    [Fact]
    public void A_newcomer_finds_any_page_in_two_clicks_from_the_README()
    {
        var first = Links(Page.Readme).Select(link => link.Target).ToHashSet(StringComparer.Ordinal);
        var second = first.Where(target => target.EndsWith(".md", StringComparison.Ordinal)).SelectMany(target => Links(Page.Read(target))).Select(link => link.Target);
        var found = first.Union(second, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);

        Page.Paths().Where(IsDocs).Where(path => !found.Contains(path)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_picture_reads_in_light_and_dark_and_needs_nothing_from_elsewhere()
    {
        var pictures = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "docs", "pictures"), "*.svg");
        pictures.Length.ShouldBeGreaterThanOrEqualTo(4);
        var shown = Page.Paths().SelectMany(path => Links(Page.Read(path))).Select(link => link.Target).ToHashSet(StringComparer.Ordinal);
        foreach (var picture in pictures)
        {
            var text = File.ReadAllText(picture);
            var root = XDocument.Parse(text).Root!;
            root.Name.LocalName.ShouldBe("svg");
            root.Elements().ShouldContain(element => element.Name.LocalName == "title", picture);
            text.ShouldContain("prefers-color-scheme: dark", Case.Sensitive, picture);
            text.ShouldNotContain("href=\"http", Case.Insensitive, picture);
            text.ShouldNotContain("@import", Case.Insensitive, picture);
            text.ShouldNotContain("<script", Case.Insensitive, picture);
            new FileInfo(picture).Length.ShouldBeLessThan(300_000, picture);
            shown.Contains(Path.GetRelativePath(RepositoryRoot.Path, picture).Replace((char)92, (char)47)).ShouldBeTrue($"no page shows {picture}");
        }
    }

    private static bool IsDocs(string path) => path.StartsWith("docs/", StringComparison.Ordinal);

    /// <summary>The links of a page to files of this repository, from its root.</summary>
    private static IEnumerable<(string Target, string Anchor)> Links(Page page)
    {
        foreach (var url in page.Document.Descendants().OfType<LinkInline>().Select(link => link.Url!).Where(url => !Elsewhere().IsMatch(url)))
        {
            var parts = url.Split('#', 2);
            var target = parts[0].Length == 0 ? page.Path : Path.GetRelativePath(RepositoryRoot.Path, Path.GetFullPath(parts[0], Path.Combine(RepositoryRoot.Path, page.Folder))).Replace('\\', '/');
            yield return (target, parts.Length > 1 ? parts[1] : "");
        }
    }

    private static IEnumerable<string> Anchors(Page page) => page.Document.Descendants<HeadingBlock>()
        .Select(heading => LinkHelper.UrilizeAsGfm(string.Concat(heading.Inline!.Descendants().Select(Plain))));

    private static string Plain(MarkdownObject inline) => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        _ => "",
    };

    [GeneratedRegex("^(https?|mailto):", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Elsewhere();

    [GeneratedRegex(@"\A# [^\n]+\n\n> [^\n]+\n> [^\n]+\n\n", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Summary();
}
