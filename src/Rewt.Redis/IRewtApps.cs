namespace Rewt;

/// <summary>
/// The trusted apps of a namespace: callers that have no Redis and show an API key. Changes reach every instance at once by push, and within one
/// <see cref="RewtOptions.RefreshInterval"/> whatever happens to the push. A named ring's apps are the keyed service of its name.
/// </summary>
public interface IRewtApps
{
    /// <summary>Adds an app with its first key. An id whose keys are all revoked or expired may be given again.</summary>
    /// <param name="app">The app; its keys and uses are not looked at.</param>
    /// <param name="keyExpiresAt">When the key expires; <see langword="null"/> for a year from now, <see cref="DateTimeOffset.MaxValue"/> for never.</param>
    /// <param name="cancellationToken">Ends the waiting; the app may be added all the same.</param>
    /// <returns>The key: it is shown this once, and only its hash is kept.</returns>
    /// <exception cref="ArgumentException">Something of the app is malformed, or the key would be expired already.</exception>
    /// <exception cref="InvalidOperationException">There is an app of this id.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task<RewtNewApiKey> AddAsync(RewtApp app, DateTimeOffset? keyExpiresAt = null, CancellationToken cancellationToken = default);

    /// <summary>Changes an app's name, owner, audiences and scopes; its keys stay.</summary>
    /// <param name="app">The app as it shall be.</param>
    /// <param name="cancellationToken">Ends the waiting; the change may happen all the same.</param>
    /// <returns>Whether there is such an app.</returns>
    /// <exception cref="ArgumentException">Something of the app is malformed.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task<bool> UpdateAsync(RewtApp app, CancellationToken cancellationToken = default);

    /// <summary>All apps, those without a live key too, by id. Always asks the store.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached.</exception>
    Task<IReadOnlyList<RewtApp>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives an app a second key. Both are accepted, so that the app can change over; then revoke the first.
    /// </summary>
    /// <param name="appId">The app.</param>
    /// <param name="keyExpiresAt">When the key expires; <see langword="null"/> for a year from now, <see cref="DateTimeOffset.MaxValue"/> for never.</param>
    /// <param name="cancellationToken">Ends the waiting; the key may be made all the same.</param>
    /// <returns>The key: it is shown this once, and only its hash is kept.</returns>
    /// <exception cref="ArgumentException">The key would be expired already.</exception>
    /// <exception cref="InvalidOperationException">There is no such app, or it has two live keys.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task<RewtNewApiKey> RotateAsync(string appId, DateTimeOffset? keyExpiresAt = null, CancellationToken cancellationToken = default);

    /// <summary>Kills one key of an app, for good. Tokens that the app got for it live on to their own <c>exp</c>, a minute by default.</summary>
    /// <param name="appId">The app.</param>
    /// <param name="keyId">The key's id, as <see cref="ListAsync"/> shows it.</param>
    /// <param name="cancellationToken">Ends the waiting; the revocation may happen all the same.</param>
    /// <returns>Whether there is such a key, revoked before or now.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task<bool> RevokeKeyAsync(string appId, string keyId, CancellationToken cancellationToken = default);

    /// <summary>Kills all keys of an app, for good.</summary>
    /// <param name="appId">The app.</param>
    /// <param name="cancellationToken">Ends the waiting; the revocation may happen all the same.</param>
    /// <returns>Whether there is such an app.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task<bool> RevokeAsync(string appId, CancellationToken cancellationToken = default);
}
