namespace Rewt;

/// <summary>The key ring of a namespace. A named scheme's ring is the keyed service of the scheme's name.</summary>
public interface IRewtKeyRing
{
    /// <summary>What this instance knows of the ring. With key pairs, an instance that has none yet makes its own, if its Redis login may.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    Task<RewtKeyRing> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the pending key current and retires the current one, which verifies until its last token has expired. With key pairs it is this
    /// instance's own pair that is rotated.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting; the rotation may happen all the same.</param>
    /// <returns>The ring after the rotation.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task<RewtKeyRing> RotateAsync(CancellationToken cancellationToken = default);

    /// <summary>Kills a key in whatever state it is. Instances are told at once and know it within one refresh interval.</summary>
    /// <param name="keyId">The key id; revoking one that is revoked or unknown is harmless.</param>
    /// <param name="cancellationToken">Ends the waiting; the revocation may happen all the same.</param>
    /// <returns>The ring after the revocation.</returns>
    /// <exception cref="ArgumentException"><paramref name="keyId"/> is not a key id.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task<RewtKeyRing> RevokeAsync(string keyId, CancellationToken cancellationToken = default);

    /// <summary>Kills a key like <see cref="RevokeAsync"/> and waits until every live instance has dropped it.</summary>
    /// <param name="keyId">The key id.</param>
    /// <param name="timeout">How long to wait for the instances; the revocation stands whether they answer or not.</param>
    /// <param name="cancellationToken">Ends the waiting; the revocation may happen all the same.</param>
    /// <returns>The ring after the revocation, and the instances that have not confirmed it.</returns>
    /// <exception cref="ArgumentException"><paramref name="keyId"/> is not a key id.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task<RewtRevocation> RevokeAndWaitAsync(string keyId, TimeSpan timeout, CancellationToken cancellationToken = default);
}
