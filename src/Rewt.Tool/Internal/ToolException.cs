namespace Rewt.Tool;

/// <summary>Ends a command of the tool with an exit code and a message that says how to fix the problem.</summary>
internal sealed class ToolException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
