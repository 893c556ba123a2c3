namespace Rewt.Internal;

/// <summary>
/// One result of an examination by the doctor, for an operator. A finding describes a problem of a key ring or its Redis server, or a possible
/// improvement, with a code, a severity and the solution.
/// </summary>
/// <param name="Code">The code of the finding, for filters and alerts. The page docs/operations/runbook.md lists all codes.</param>
/// <param name="Severity">The severity of the finding.</param>
/// <param name="Text">A sentence that describes the problem and its solution, without secrets.</param>
internal sealed record Finding(string Code, FindingSeverity Severity, string Text)
{
    private const int LongestText = 4 * UntrustedText.UsualLength;

    public string Text { get; } = UntrustedText.Escape(Text, LongestText);

    public static Finding Information(string code, string text) => new(code, FindingSeverity.Information, text);

    public static Finding Warning(string code, string text) => new(code, FindingSeverity.Warning, text);

    public static Finding Advice(string code, string text) => new(code, FindingSeverity.Advice, text);
}
