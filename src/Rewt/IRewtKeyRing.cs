namespace Rewt;

/// <summary>
/// The service with which an application lists the keys of a namespace, starts a rotation before its scheduled time, and revokes a key. To get the
/// key ring of a named scheme, resolve this interface as a keyed service with the scheme's name.
/// </summary>
public interface IRewtKeyRing
{
    /// <summary>
    /// Gets the keys that this instance knows. With <see cref="KeyMode.KeyPair"/>, an instance without a key pair first creates a key pair, if its
    /// Redis user may write.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The key ring as this instance last read it from Redis.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<RewtKeyRing> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Rotates the key: the pending key becomes current, and the key that was current until now is retired. The retired key still verifies tokens until
    /// the last token that it signed has expired. If the key was replaced after the last read of this instance, for example by another instance, the
    /// key is not rotated again. With <see cref="KeyMode.KeyPair"/>, only the key pair of this instance is rotated.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <returns>The key ring after the rotation.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<RewtKeyRing> RotateAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes a pending, current or retired key. A push message notifies all instances at once. An instance that misses the message applies the
    /// revocation within one <see cref="RewtOptions.RefreshInterval"/>.
    /// </summary>
    /// <param name="keyId">The id of the key to revoke. An unknown id is recorded as revoked too. If the key is unknown or already revoked, no other
    /// key changes.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <returns>The key ring after the revocation.</returns>
    /// <exception cref="ArgumentException"><paramref name="keyId"/> is not a valid key id.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<RewtKeyRing> RevokeAsync(string keyId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes a key as <see cref="RevokeAsync"/> does, and then waits until every live instance of the namespace has confirmed the revocation.
    /// </summary>
    /// <param name="keyId">The id of the key to revoke.</param>
    /// <param name="timeout">How long to wait for the confirmations. The key stays revoked even if some instances do not confirm in time.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <returns>The key ring after the revocation, and the instances that have not confirmed it.</returns>
    /// <exception cref="ArgumentException"><paramref name="keyId"/> is not a valid key id, or <paramref name="timeout"/> is negative.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write, or the confirmations cannot be read. If only the
    /// confirmations cannot be read, the message of the exception states that the key is revoked.</exception>
    Task<RewtRevocation> RevokeAndWaitAsync(string keyId, TimeSpan timeout, CancellationToken cancellationToken = default);
}
