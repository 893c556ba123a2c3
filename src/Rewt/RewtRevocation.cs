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
    /// The instances that were recently alive and have not confirmed the revocation, each by its service's name and a random suffix. Such an instance may be
    /// disconnected from Redis or stopped.
    /// </summary>
    public required IReadOnlyList<string> Unconfirmed { get; init; }

    /// <summary>Whether every instance in the instance list has confirmed the revocation.</summary>
    public bool IsComplete => Unconfirmed.Count == 0;
}
