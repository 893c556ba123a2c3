namespace Rewt.Tool;

/// <summary>The exception with which a command of the tool ends: an exit code and a message that says how to fix the problem.</summary>
internal sealed class ToolException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
