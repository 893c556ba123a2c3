namespace Rewt.Internal;

/// <summary>
/// Sets the author of the commands in the current asynchronous flow, for the audit log. It takes precedence over the application's
/// <see cref="IAuditActor"/>, if any.
/// </summary>
internal sealed class AuditScope : IDisposable
{
    private static readonly AsyncLocal<string?> Name = new();

    private readonly string? _former = Name.Value;

    public AuditScope(string name) => Name.Value = name;

    public static string? Current => Name.Value;

    public void Dispose() => Name.Value = _former;
}
