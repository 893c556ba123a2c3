using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>Names the operating system user and machine in audit records.</summary>
internal sealed class OperatorActor : IAuditActor
{
    public string? Current => $"{Environment.UserName}@{Environment.MachineName}";
}
