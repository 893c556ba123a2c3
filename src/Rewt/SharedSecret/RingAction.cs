namespace Rewt.Internal;

/// <summary>The reason for a write to the ring of a shared secret. <see cref="RotationPolicy"/> determines the reason.</summary>
internal enum RingAction
{
    /// <summary>The store contains neither a secret nor a ring. A secret and a ring are created, with a new epoch.</summary>
    Create,

    /// <summary>The store contains a valid secret but no ring. The secret is kept, and a ring is created.</summary>
    Adopt,

    /// <summary>The deadline has passed. The pending key becomes current.</summary>
    Rotate,

    /// <summary>A Node service created a new secret at the deadline. The new secret is kept, and the former current key is retired.</summary>
    AdoptRotation,

    /// <summary>An operator deleted the secret before its deadline. All keys are revoked.</summary>
    Invalidate,

    /// <summary>An operator set another secret before the deadline. All other keys are revoked.</summary>
    Replace,

    /// <summary>The stored secret is revoked. The stored secret is replaced, because a revocation is final.</summary>
    ReplaceRevoked,

    /// <summary>The secret has no TTL. The TTL is restored, because rotation would otherwise stop permanently.</summary>
    RestoreTimeToLive,

    /// <summary>An operator changed the TTL. The deadline is changed accordingly.</summary>
    MoveDeadline,

    /// <summary>There is no pending key. A new pending key is published.</summary>
    PublishNext,

    /// <summary>The store has lost revocations that this instance has in memory. The lost revocations are written back.</summary>
    MergeRevocations,

    /// <summary>The last tokens of some retired keys have expired. These keys are removed.</summary>
    Tidy,

    /// <summary>Other services would retire secrets for a shorter time than this instance. The longer time is stored.</summary>
    RaiseRetention,

    /// <summary>The stored value is not a valid secret. The value is kept, and all keys of the ring are revoked.</summary>
    Refuse,

    /// <summary>An operator revoked a key with a command.</summary>
    Revoke,
}
