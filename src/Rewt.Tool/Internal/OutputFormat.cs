namespace Rewt.Tool;

/// <summary>The format of the tool's output: text or JSON.</summary>
internal enum OutputFormat
{
    Table,
    Json,
}
