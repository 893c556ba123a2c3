namespace Rewt;

/// <summary>What became of a revocation that was waited for.</summary>
/// <param name="Ring">The ring after the revocation.</param>
/// <param name="Unconfirmed">
/// The instances, each by its service's name and a random part, that were alive a short while ago and have not said that they dropped the
/// key: they may be cut off, stopped or dead.
/// </param>
public sealed record RewtRevocation(RewtKeyRing Ring, IReadOnlyList<string> Unconfirmed)
{
    /// <summary>Whether every live instance has dropped the key.</summary>
    public bool IsComplete => Unconfirmed.Count == 0;
}
