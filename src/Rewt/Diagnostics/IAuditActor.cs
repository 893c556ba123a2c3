namespace Rewt.Internal;

/// <summary>Names the user or process on whose behalf keys are rotated and revoked, for the audit log.</summary>
internal interface IAuditActor
{
    /// <summary>The name for the audit log; <see langword="null"/> when the service itself acts.</summary>
    string? Current { get; }
}
