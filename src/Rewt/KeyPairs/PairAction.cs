namespace Rewt.Internal;

/// <summary>The reason for a write to the public keys that this service publishes, as <see cref="PairPolicy"/> decides it.</summary>
internal enum PairAction
{
    /// <summary>No write is due.</summary>
    None,

    /// <summary>The entries must be renewed, or they would expire.</summary>
    Renew,

    /// <summary>The instance has no keys yet.</summary>
    Create,

    /// <summary>The deadline has passed, or an operator requested a rotation: the pending key becomes current.</summary>
    Rotate,

    /// <summary>A key was revoked or deleted by an operator: another replaces it.</summary>
    Replace,

    /// <summary>The store has lost the ring: the keys are published again.</summary>
    Republish,

    /// <summary>The store has lost revocations that this instance remembers: they are written back.</summary>
    MergeRevocations,
}
