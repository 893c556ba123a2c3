namespace Rewt.Internal;

/// <summary>
/// Sets the name that the audit log records as the author of key changes, for the code that runs until this object is disposed. The name takes
/// precedence over the application's <see cref="IAuditActor"/>; the dashboard uses it for the signed-in operator.
/// </summary>
internal sealed class AuditScope : IDisposable
{
    private static readonly AsyncLocal<string?> Name = new();

    private readonly string? _former = Name.Value;

    public AuditScope(string name) => Name.Value = name;

    public static string? Current => Name.Value;

    public void Dispose() => Name.Value = _former;
}
