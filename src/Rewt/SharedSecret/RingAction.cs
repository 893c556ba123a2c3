namespace Rewt.Internal;

/// <summary>The reason for a write to the ring of a shared secret, as <see cref="RotationPolicy"/> decides it.</summary>
internal enum RingAction
{
    /// <summary>No change is due.</summary>
    None,

    /// <summary>There is neither a secret nor a ring: create both, with a new epoch.</summary>
    Create,

    /// <summary>There is a valid secret without a ring: keep it and create the ring.</summary>
    Adopt,

    /// <summary>The deadline has passed: the pending key becomes current.</summary>
    Rotate,

    /// <summary>Node's rewt created the new secret at the deadline: keep it and retire the stored current key.</summary>
    AdoptRotation,

    /// <summary>An operator deleted the secret before its deadline: revoke all keys.</summary>
    Invalidate,

    /// <summary>An operator set another secret before the deadline: revoke all other keys.</summary>
    Replace,

    /// <summary>The secret is revoked, and a revocation is final: replace it.</summary>
    ReplaceRevoked,

    /// <summary>The TTL was removed: restore it, or rotation would stop permanently.</summary>
    RestoreTimeToLive,

    /// <summary>An operator changed the TTL: move the deadline accordingly.</summary>
    MoveDeadline,

    /// <summary>There is no pending key: publish one.</summary>
    PublishNext,

    /// <summary>The store has lost revocations that this instance remembers: write them back.</summary>
    MergeRevocations,

    /// <summary>The last tokens of some retired keys have expired: remove those keys.</summary>
    Tidy,

    /// <summary>The value is not a valid secret: leave it and revoke the ring's keys.</summary>
    Refuse,

    /// <summary>An operator revoked a key.</summary>
    Revoke,
}
