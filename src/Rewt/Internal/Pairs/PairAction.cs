namespace Rewt.Internal;

/// <summary>Why an instance writes into its service's ring.</summary>
internal enum PairAction
{
    /// <summary>It has nothing to write.</summary>
    None,

    /// <summary>It is alive, and its keys are to stay.</summary>
    Renew,

    /// <summary>Its first keys.</summary>
    Create,

    /// <summary>The next key takes over.</summary>
    Rotate,

    /// <summary>One of its keys was revoked, or deleted by hand: another takes its place.</summary>
    Replace,

    /// <summary>The store lost the whole ring: its keys are shown anew.</summary>
    Republish,

    /// <summary>The store lost revocations that this instance remembers: they are merged back.</summary>
    MergeRevocations,
}
