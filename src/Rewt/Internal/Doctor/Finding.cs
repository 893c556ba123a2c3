namespace Rewt.Internal;

/// <summary>Something that an operator should know.</summary>
/// <param name="Code">Its name for filters and alerts; docs/operations/runbook.md lists them.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Text">A sentence that says what it is and what mends it; never a secret.</param>
internal sealed record Finding(string Code, FindingSeverity Severity, string Text)
{
    public static Finding Warning(string code, string text) => new(code, FindingSeverity.Warning, text);

    public static Finding Advice(string code, string text) => new(code, FindingSeverity.Advice, text);
}
