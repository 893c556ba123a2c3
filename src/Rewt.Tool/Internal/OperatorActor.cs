using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>
/// Returns the name of the operating system's user and of the machine. Both names appear in audit records as the author of a tool command.
/// </summary>
internal sealed class OperatorActor : IAuditActor
{
    public string? Current => $"{Environment.UserName}@{Environment.MachineName}";
}
