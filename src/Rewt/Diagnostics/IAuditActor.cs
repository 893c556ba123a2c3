namespace Rewt.Internal;

/// <summary>
/// Supplies the name of the person for whom a key is being rotated or revoked, such as the signed-in user of the request, so that the audit log can
/// record it.
/// </summary>
internal interface IAuditActor
{
    /// <summary>The name for the audit log; <see langword="null"/> when the service itself acts.</summary>
    string? Current { get; }
}
