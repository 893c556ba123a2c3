namespace Rewt.Tool;

/// <summary>The exception that ends a command of the tool, with an exit code and a message that contains the solution.</summary>
internal sealed class ToolException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
