namespace Rewt;

/// <summary>The result of <see cref="IRewtKeyRing.RevokeAndWaitAsync"/>.</summary>
/// <param name="Ring">The key ring after the revocation.</param>
/// <param name="Unconfirmed">The instances that were recently alive and have not confirmed the revocation, each by its service's name and a random
/// suffix. They may be disconnected from Redis or stopped.</param>
public sealed record RewtRevocation(RewtKeyRing Ring, IReadOnlyList<string> Unconfirmed)
{
    /// <summary>Whether every live instance has applied the revocation.</summary>
    public bool IsComplete => Unconfirmed.Count == 0;
}
