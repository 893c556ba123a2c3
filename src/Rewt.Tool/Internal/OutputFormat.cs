namespace Rewt.Tool;

/// <summary>The format of the tool's output: a table or JSON.</summary>
internal enum OutputFormat
{
    Table,
    Json,
}
