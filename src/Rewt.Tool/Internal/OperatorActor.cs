using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>Names the operating system's user and machine as the author of the tool's commands in audit records.</summary>
internal sealed class OperatorActor : IAuditActor
{
    public string? Current => $"{Environment.UserName}@{Environment.MachineName}";
}
