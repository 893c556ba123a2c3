namespace Rewt;

/// <summary>
/// The service with which an application lists the keys of a namespace, starts a rotation before its scheduled time, and revokes a key. To get the
/// key ring of a named scheme, resolve this interface as a keyed service with the scheme's name.
/// </summary>
public interface IRewtKeyRing
{
    /// <summary>
    /// Gets the keys that this instance knows. With key pairs, an instance without a key pair creates one first if its Redis login permits.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The current view of the key ring.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<RewtKeyRing> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the pending key current and retires the current key, which verifies until its last token has expired. With key pairs, only this
    /// instance's own key pair is rotated.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait. The rotation may still take place.</param>
    /// <returns>The key ring after the rotation.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<RewtKeyRing> RotateAsync(CancellationToken cancellationToken = default);

    /// <summary>Revokes a key, whatever its state. Instances are notified at once and apply the revocation within one refresh interval.</summary>
    /// <param name="keyId">The key id. Revoking a key that is already revoked or unknown has no effect on other keys.</param>
    /// <param name="cancellationToken">Cancels the wait. The revocation may still take place.</param>
    /// <returns>The key ring after the revocation.</returns>
    /// <exception cref="ArgumentException"><paramref name="keyId"/> is not a valid key id.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<RewtKeyRing> RevokeAsync(string keyId, CancellationToken cancellationToken = default);

    /// <summary>Revokes a key as <see cref="RevokeAsync"/> does, and waits until every instance in the instance list has confirmed the revocation.</summary>
    /// <param name="keyId">The key id.</param>
    /// <param name="timeout">How long to wait for the instances. The revocation stands even if some do not confirm it.</param>
    /// <param name="cancellationToken">Cancels the wait. The revocation may still take place.</param>
    /// <returns>The key ring after the revocation, and the instances that have not confirmed it.</returns>
    /// <exception cref="ArgumentException"><paramref name="keyId"/> is not a valid key id, or <paramref name="timeout"/> is negative.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<RewtRevocation> RevokeAndWaitAsync(string keyId, TimeSpan timeout, CancellationToken cancellationToken = default);
}
