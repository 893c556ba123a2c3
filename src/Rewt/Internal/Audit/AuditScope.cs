namespace Rewt.Internal;

/// <summary>Says for the asynchronous flow of one command who gave it; it goes before the <see cref="IAuditActor"/> of the application, which need not be there.</summary>
internal sealed class AuditScope : IDisposable
{
    private static readonly AsyncLocal<string?> Name = new();

    private readonly string? _former = Name.Value;

    public AuditScope(string name) => Name.Value = name;

    public static string? Current => Name.Value;

    public void Dispose() => Name.Value = _former;
}
