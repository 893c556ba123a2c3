namespace Rewt.Internal;

/// <summary>
/// One problem or piece of advice from an examination of a key ring or its Redis server, as an operator sees it: a code, a severity, and a sentence
/// with the solution.
/// </summary>
/// <param name="Code">The code for filters and alerts; docs/operations/runbook.md lists the codes.</param>
/// <param name="Severity">The severity.</param>
/// <param name="Text">A sentence that describes the problem and its solution, without secrets.</param>
internal sealed record Finding(string Code, FindingSeverity Severity, string Text)
{
    private const int LongestText = 4 * UntrustedText.UsualLength;

    public string Text { get; } = UntrustedText.Escape(Text, LongestText);

    public static Finding Information(string code, string text) => new(code, FindingSeverity.Information, text);

    public static Finding Warning(string code, string text) => new(code, FindingSeverity.Warning, text);

    public static Finding Advice(string code, string text) => new(code, FindingSeverity.Advice, text);
}
