using Markdig.Helpers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Rewt.Tests.Docs;

/// <summary>Checks the links between the pages of the repository.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Pages => [.. Page.Paths()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_to_this_repository_has_an_existing_target(string path)
    {
        var page = Page.Read(path);
        foreach (var (target, anchor) in Links(page))
        {
            Path.Exists(Path.Combine(RepositoryRoot.Path, target)).ShouldBeTrue($"{path} links to {target}, which does not exist");
            if (anchor.Length > 0 && target.EndsWith(".md", StringComparison.Ordinal)) Anchors(Page.Read(target)).Contains(anchor, StringComparer.Ordinal).ShouldBeTrue($"{path} links to {target}#{anchor}, which is not a heading of that page");
        }
    }

    /// <summary>Returns the links of a page to files of this repository, as paths from its root.</summary>
    private static IEnumerable<(string Target, string Anchor)> Links(Page page)
    {
        foreach (var url in page.Document.Descendants().OfType<LinkInline>().Select(link => link.Url!).Where(url => !ExternalUrl().IsMatch(url)))
        {
            var parts = url.Split('#', 2);
            var target = parts[0].Length == 0 ? page.Path : Path.GetRelativePath(RepositoryRoot.Path, Path.GetFullPath(parts[0], Path.Combine(RepositoryRoot.Path, page.Folder))).Replace('\\', '/');
            yield return (target, parts.Length > 1 ? parts[1] : "");
        }
    }

    private static IEnumerable<string> Anchors(Page page) => page.Document.Descendants<HeadingBlock>()
        .Select(heading => LinkHelper.UrilizeAsGfm(string.Concat(heading.Inline!.Descendants().Select(TextOf))));

    private static string TextOf(MarkdownObject inline) => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        _ => "",
    };

    [GeneratedRegex("^(https?|mailto):", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExternalUrl();
}
