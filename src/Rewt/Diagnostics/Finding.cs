namespace Rewt.Internal;

/// <summary>A problem or a piece of advice that the doctor reports to an operator, with its solution.</summary>
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
