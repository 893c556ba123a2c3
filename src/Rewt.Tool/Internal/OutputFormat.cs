namespace Rewt.Tool;

/// <summary>The format of the output.</summary>
internal enum OutputFormat
{
    Table,
    Json,
}
