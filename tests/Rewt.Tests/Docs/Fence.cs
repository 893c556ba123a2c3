namespace Rewt.Tests.Docs;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">From the root of the repository.</param>
/// <param name="Line">Where it begins, counted from 1.</param>
/// <param name="Language">The info string, empty for none.</param>
/// <param name="Marker">The text of the HTML comment right before it, empty for none.</param>
/// <param name="Text">What is in it.</param>
internal sealed record Fence(string Page, int Line, string Language, string Marker, string Text)
{
    public string Place => $"{Page}:{Line}";
}
