namespace Rewt;

/// <summary>
/// Manages the trusted apps of a namespace, which are callers without access to Redis that authenticate with an API key: adds, changes and lists
/// apps, and creates and revokes their keys. A change reaches every instance at once by push, or within one <see cref="RewtOptions.RefreshInterval"/>
/// if the push message is lost. To get the apps of a named scheme, resolve this interface as a keyed service with the scheme's name.
/// </summary>
public interface IRewtApps
{
    /// <summary>Adds an app with its first key. The id of an app whose keys are all revoked or expired may be used again.</summary>
    /// <param name="app">The app. Its keys are ignored.</param>
    /// <param name="keyExpiresAt">When the key expires; <see langword="null"/> for one year from now, <see cref="DateTimeOffset.MaxValue"/> for
    /// never.</param>
    /// <param name="cancellationToken">Cancels the wait. The app may still be added.</param>
    /// <returns>The key, which is returned only this once, because Redis stores only its hash.</returns>
    /// <exception cref="ArgumentException">The app is malformed, or the key would already be expired.</exception>
    /// <exception cref="InvalidOperationException">An app with this id and a live key exists.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<RewtNewApiKey> AddAsync(RewtApp app, DateTimeOffset? keyExpiresAt = null, CancellationToken cancellationToken = default);

    /// <summary>Changes the name, the owner, the audiences and the scopes of an app. The keys of the app stay unchanged.</summary>
    /// <param name="app">The app with the new values.</param>
    /// <param name="cancellationToken">Cancels the wait. The change may still take place.</param>
    /// <returns>Whether the app exists.</returns>
    /// <exception cref="ArgumentException">The app is malformed.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<bool> UpdateAsync(RewtApp app, CancellationToken cancellationToken = default);

    /// <summary>Lists all apps by id, including apps without a live key. Each call reads Redis.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The apps with their keys, and the last use of each key.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable.</exception>
    Task<IReadOnlyList<RewtApp>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates a second key for an app. Both keys are accepted, so that the app can change to the new key; revoke the first key afterwards.</summary>
    /// <param name="appId">The id of the app.</param>
    /// <param name="keyExpiresAt">When the key expires; <see langword="null"/> for one year from now, <see cref="DateTimeOffset.MaxValue"/> for
    /// never.</param>
    /// <param name="cancellationToken">Cancels the wait. The key may still be created.</param>
    /// <returns>The key, which is returned only this once, because Redis stores only its hash.</returns>
    /// <exception cref="ArgumentException">The key would already be expired.</exception>
    /// <exception cref="InvalidOperationException">The app does not exist, or already has two live keys.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<RewtNewApiKey> RotateAsync(string appId, DateTimeOffset? keyExpiresAt = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Permanently revokes one key of an app. Tokens that the app received for this key remain valid until they expire (<c>exp</c>), by default for
    /// up to one minute.
    /// </summary>
    /// <param name="appId">The id of the app.</param>
    /// <param name="keyId">The key's id, from <see cref="ListAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. The revocation may still take place.</param>
    /// <returns>Whether the key exists, including a key that was revoked before.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<bool> RevokeKeyAsync(string appId, string keyId, CancellationToken cancellationToken = default);

    /// <summary>Permanently revokes all keys of an app.</summary>
    /// <param name="appId">The id of the app.</param>
    /// <param name="cancellationToken">Cancels the wait. The revocation may still take place.</param>
    /// <returns>Whether the app exists.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<bool> RevokeAsync(string appId, CancellationToken cancellationToken = default);
}
