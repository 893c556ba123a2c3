using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>
/// Returns the name of the operating system's user and of the machine. Audit records name both as the author of a command of the tool.
/// </summary>
internal sealed class OperatorActor : IAuditActor
{
    public string? Current => $"{Environment.UserName}@{Environment.MachineName}";
}
