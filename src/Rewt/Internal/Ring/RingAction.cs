namespace Rewt.Internal;

/// <summary>What a reading calls for.</summary>
internal enum RingAction
{
    /// <summary>All is as it should be.</summary>
    None,

    /// <summary>There is nothing: a fresh secret and a new epoch.</summary>
    Create,

    /// <summary>A good secret without a ring: keep it.</summary>
    Adopt,

    /// <summary>The deadline has come: the next key takes over.</summary>
    Rotate,

    /// <summary>Node's rewt made the new secret at the deadline: keep it, retire ours.</summary>
    AdoptRotation,

    /// <summary>Somebody deleted the secret before its time: all keys are dead.</summary>
    Invalidate,

    /// <summary>Somebody set another secret before its time: all other keys are dead.</summary>
    Replace,

    /// <summary>The secret is one that was revoked: revoked is final.</summary>
    ReplaceRevoked,

    /// <summary>The TTL was taken away: put it back, or rotation would stop for ever.</summary>
    RestoreTimeToLive,

    /// <summary>Somebody moved the TTL: the deadline follows.</summary>
    MoveDeadline,

    /// <summary>The next key is missing: publish one.</summary>
    PublishNext,

    /// <summary>The store lost revocations that this instance remembers: merge them back.</summary>
    MergeRevocations,

    /// <summary>Retired keys have outlived their last token: take them out.</summary>
    Tidy,

    /// <summary>The value is no secret: leave it, kill the ring's keys.</summary>
    Refuse,

    /// <summary>An operator revokes a key.</summary>
    Revoke,

    /// <summary>All keys of a tenant are revoked, and a fresh one follows.</summary>
    RevokeAll,

    /// <summary>A tenant's ring ends.</summary>
    Delete,
}
