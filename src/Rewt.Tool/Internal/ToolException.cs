namespace Rewt.Tool;

/// <summary>Why a command ends without its work done, with what to do about it.</summary>
internal sealed class ToolException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
