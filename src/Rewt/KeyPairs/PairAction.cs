namespace Rewt.Internal;

/// <summary>The kind of a write to the public keys that this service publishes. <see cref="PairPolicy"/> determines the kind.</summary>
internal enum PairAction
{
    /// <summary>No write is due.</summary>
    None,

    /// <summary>The entries are renewed, because they would otherwise expire.</summary>
    Renew,

    /// <summary>This instance has no keys yet. Keys are created.</summary>
    Create,

    /// <summary>The deadline has passed, or an operator requested a rotation. The pending key becomes current.</summary>
    Rotate,

    /// <summary>An operator revoked or deleted a key. Another key replaces it.</summary>
    Replace,

    /// <summary>The store has lost the published keys. The keys are published again.</summary>
    Republish,

    /// <summary>The store has lost revocations that this instance has in memory. The lost revocations are written back.</summary>
    MergeRevocations,
}
