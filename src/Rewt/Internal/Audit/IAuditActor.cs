namespace Rewt.Internal;

/// <summary>On whose behalf a key is rotated or revoked right now.</summary>
internal interface IAuditActor
{
    /// <summary>A name for the record; <see langword="null"/> when it is the service itself.</summary>
    string? Current { get; }
}
