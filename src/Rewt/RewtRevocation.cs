namespace Rewt;

/// <summary>
/// The result of <see cref="IRewtKeyRing.RevokeAndWaitAsync"/>: the key ring after the revocation, and the instances that have not confirmed the
/// revocation in time.
/// </summary>
public sealed record RewtRevocation
{
    /// <summary>The key ring after the revocation.</summary>
    public required RewtKeyRing Ring { get; init; }

    /// <summary>
    /// The live instances that have not confirmed the revocation in time. Each instance is listed by the name of its service and a random suffix. An
    /// instance in this list may have stopped or lost its connection to Redis.
    /// </summary>
    public required IReadOnlyList<string> Unconfirmed { get; init; }

    /// <summary>Whether every live instance of the namespace has confirmed the revocation.</summary>
    public bool IsComplete => Unconfirmed.Count == 0;
}
