namespace Rewt.Tests.Packaging;

/// <summary>
/// Contains the code blocks of the first signed call in README.md. A comment before each block has its name: <c>clone</c> and <c>commands</c> are scripts; <c>run</c> has
/// one command per line, where commands of servers end in &amp;; <c>expect</c> is the output of the last command. Any other name is the path of a file.
/// </summary>
internal static partial class FirstCallBlocks
{
    public static IReadOnlyList<(string Name, string Text)> All { get; } =
    [
        .. Block().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")).ReplaceLineEndings("\n"))
            .Select(match => (match.Groups["name"].Value, match.Groups["text"].Value)),
    ];

    public static string TextOf(string name) => All.Single(block => block.Name == name).Text;

    [GeneratedRegex(@"^<!-- newcomer: (?<name>\S+) -->\n+```[a-z]*\n(?<text>.*?)\n```$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();
}
