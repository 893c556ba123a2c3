namespace Rewt;

/// <summary>
/// Manages the trusted apps of a namespace: adds, changes and lists apps, and creates and revokes their API keys. A trusted app is a caller without
/// access to Redis that authenticates with an API key. A change reaches every instance at once by push, or within one
/// <see cref="RewtOptions.RefreshInterval"/> if the push message is lost. To get the apps of a named scheme, resolve this interface as a keyed
/// service with the scheme's name.
/// </summary>
public interface IRewtApps
{
    /// <summary>
    /// Adds an app and creates its first API key. If all keys of an existing app are revoked or expired, a new app with the same id replaces the
    /// existing app.
    /// </summary>
    /// <param name="app">The app to add. The property <see cref="RewtApp.Keys"/> is ignored.</param>
    /// <param name="keyExpiresAt">The time at which the key expires. With <see langword="null"/>, the key expires one year from now. With
    /// <see cref="DateTimeOffset.MaxValue"/>, the key never expires.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <returns>The new API key. The key cannot be read again later, because Redis contains only its hash.</returns>
    /// <exception cref="ArgumentException">A value of the app is outside its limits, or <paramref name="keyExpiresAt"/> is in the past.</exception>
    /// <exception cref="InvalidOperationException">An app with the same id has a key that is neither revoked nor expired, or the namespace has no room
    /// for another app. The namespace has no room if it has 19,000 apps, or if its apps take 24 MB of memory in Redis.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<RewtNewApiKey> AddAsync(RewtApp app, DateTimeOffset? keyExpiresAt = null, CancellationToken cancellationToken = default);

    /// <summary>Changes the name, the owner, the audiences and the scopes of an app. The keys of the app stay unchanged.</summary>
    /// <param name="app">The app with the new values.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <returns><see langword="true"/> if the app exists; otherwise <see langword="false"/>.</returns>
    /// <exception cref="ArgumentException">A value of the app is outside its limits.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<bool> UpdateAsync(RewtApp app, CancellationToken cancellationToken = default);

    /// <summary>Lists all apps, ordered by id. The list includes apps whose keys are all revoked or expired. Each call reads Redis.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The apps with their keys, and the time at which each key was last used.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable.</exception>
    Task<IReadOnlyList<RewtApp>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Creates a second API key for an app. The app can use both keys until one of them expires or is revoked. Revoke the first key after the app has
    /// changed to the second key.
    /// </summary>
    /// <param name="appId">The id of the app.</param>
    /// <param name="keyExpiresAt">The time at which the key expires. With <see langword="null"/>, the key expires one year from now. With
    /// <see cref="DateTimeOffset.MaxValue"/>, the key never expires.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <returns>The new API key. The key cannot be read again later, because Redis contains only its hash.</returns>
    /// <exception cref="ArgumentException"><paramref name="keyExpiresAt"/> is in the past.</exception>
    /// <exception cref="InvalidOperationException">The app does not exist, or already has two keys that are neither revoked nor expired.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<RewtNewApiKey> RotateAsync(string appId, DateTimeOffset? keyExpiresAt = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Permanently revokes one API key of an app. A token that was issued for the key remains valid until the token expires: by default, for up to
    /// one minute.
    /// </summary>
    /// <param name="appId">The id of the app.</param>
    /// <param name="keyId">The id of the key, which <see cref="ListAsync"/> returns.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <returns><see langword="true"/> if the key exists, even if it was already revoked; otherwise <see langword="false"/>.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<bool> RevokeKeyAsync(string appId, string keyId, CancellationToken cancellationToken = default);

    /// <summary>Permanently revokes all API keys of an app.</summary>
    /// <param name="appId">The id of the app.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <returns><see langword="true"/> if the app exists; otherwise <see langword="false"/>.</returns>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task<bool> RevokeAsync(string appId, CancellationToken cancellationToken = default);
}
