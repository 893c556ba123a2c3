namespace Rewt.Tests.Docs;

/// <summary>Represents a fenced code block of a page.</summary>
/// <param name="Page">The path of the page from the root of the repository.</param>
/// <param name="Line">The number of its first line, counted from 1.</param>
/// <param name="Language">The info string, or an empty string.</param>
/// <param name="Marker">The text of the HTML comment directly before the block, or an empty string.</param>
/// <param name="Text">The lines between the fences.</param>
internal sealed record Fence(string Page, int Line, string Language, string Marker, string Text)
{
    public string Location => $"{Page}:{Line}";
}
