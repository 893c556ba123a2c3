namespace Rewt.Tool;

/// <summary>How to print.</summary>
internal enum OutputFormat
{
    Table,
    Json,
}
