namespace Rewt.Internal;

/// <summary>Provides the actor on whose behalf keys are rotated and revoked.</summary>
internal interface IAuditActor
{
    /// <summary>The name for the audit log; <see langword="null"/> when the service itself acts.</summary>
    string? Current { get; }
}
