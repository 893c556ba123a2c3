using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>Whoever types, for the record.</summary>
internal sealed class OperatorActor : IAuditActor
{
    public string? Current => $"{Environment.UserName}@{Environment.MachineName}";
}
