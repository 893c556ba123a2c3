namespace Rewt.Internal;

/// <summary>
/// Returns the name of the person who rotates or revokes a key, such as the signed-in user of the request. The audit log records the name.
/// </summary>
internal interface IAuditActor
{
    /// <summary>The name of the person; <see langword="null"/> if the service itself changes the keys.</summary>
    string? Current { get; }
}
