namespace Rewt.Tests.Packaging;

/// <summary>
/// The blocks of README.md that a newcomer follows, each after a comment that says what it is: <c>clone</c> and <c>commands</c> are run, <c>run</c> has one
/// command a line, those of servers end in &amp;; <c>expect</c> is what the last of them prints; any other name is that of the file which the block is.
/// </summary>
internal static partial class NewcomerPage
{
    public static IReadOnlyList<(string Name, string Text)> Blocks { get; } =
    [
        .. Block().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")).ReplaceLineEndings("\n"))
            .Select(match => (match.Groups["name"].Value, match.Groups["text"].Value)),
    ];

    public static string The(string name) => Blocks.Single(block => block.Name == name).Text;

    [GeneratedRegex(@"^<!-- newcomer: (?<name>\S+) -->\n+```[a-z]*\n(?<text>.*?)\n```$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();
}
