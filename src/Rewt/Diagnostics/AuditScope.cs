namespace Rewt.Internal;

/// <summary>
/// Sets the actor of one command for the current asynchronous flow. It takes precedence over the application's <see cref="IAuditActor"/>, if any.
/// </summary>
internal sealed class AuditScope : IDisposable
{
    private static readonly AsyncLocal<string?> Name = new();

    private readonly string? _former = Name.Value;

    public AuditScope(string name) => Name.Value = name;

    public static string? Current => Name.Value;

    public void Dispose() => Name.Value = _former;
}
