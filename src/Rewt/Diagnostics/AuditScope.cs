namespace Rewt.Internal;

/// <summary>
/// Sets the name that the audit log records as the author of key changes, until the object is disposed. The name takes precedence over the name that
/// <see cref="IAuditActor"/> returns. The dashboard sets the name of the signed-in operator.
/// </summary>
internal sealed class AuditScope : IDisposable
{
    private static readonly AsyncLocal<string?> Name = new();

    private readonly string? _former = Name.Value;

    public AuditScope(string name) => Name.Value = name;

    public static string? Current => Name.Value;

    public void Dispose() => Name.Value = _former;
}
