namespace Rewt.Internal;

/// <summary>
/// Reads the keys of one namespace, and rotates and revokes them if the kind of key permits. Shared secrets, key pairs and configured keys each have
/// an implementation. A <see cref="KeyRingProvider"/> calls <see cref="UpdateAsync"/> repeatedly but never concurrently. Requests use the last
/// snapshot that the method has returned.
/// </summary>
internal interface IKeySource : IAsyncDisposable
{
    /// <summary>The store of the list of live instances; <see langword="null"/> if the source has none.</summary>
    IInstanceStore? Instances => null;

    /// <summary>The object that examines the server with the keys for the doctor; <see langword="null"/> if there is no server.</summary>
    IStoreDoctor? Doctor => null;

    /// <summary>The store of the tenants that were revoked or deleted; <see langword="null"/> if no keys are derived for tenants.</summary>
    ITenantStore? Tenants => null;

    /// <summary>Returns a text that names the location of the keys, for messages to an operator.</summary>
    /// <param name="namespace">The name of the namespace.</param>
    string Location(string @namespace) => $"the key '{@namespace}:rewt-secret'";

    /// <summary>Returns whether a key of this source can have the given id. A token with an impossible key id causes no read.</summary>
    bool IsPossible(KeyId keyId);

    /// <summary>Whether the signers choose the key ids, which are then not derived from the keys.</summary>
    bool HasChosenKeyIds => false;

    /// <summary>Whether the keys of this source are tried for a token without a key id.</summary>
    bool TakesKeyless => false;

    /// <summary>
    /// Requests a key to sign with. A source of key pairs creates a key pair only after this call, so that a process that only verifies has none.
    /// </summary>
    /// <returns><see langword="true"/> if there is no key to sign with, but the next update can create one; otherwise
    /// <see langword="false"/>.</returns>
    bool WantSigningKey() => false;

    /// <summary>Makes the next update also read the keys of an issuer. The issuer is <see langword="null"/> for a token without an issuer.</summary>
    /// <exception cref="RewtKeysUnavailableException">Too many issuers are already waiting for the next update.</exception>
    void RequestKeysOf(string? issuer)
    {
    }

    /// <summary>Applies the time limits of a start until a read succeeds, for at most 15 s, because the process was paused.</summary>
    void OnResumed()
    {
    }

    /// <summary>Executes the command of an operator, if there is one, and reads the keys.</summary>
    /// <param name="previous">The last snapshot; <see langword="null"/> for the first read.</param>
    /// <param name="command">The command of an operator; <see langword="null"/> if there is none.</param>
    /// <param name="cancellationToken">Cancels the update between two of its steps.</param>
    /// <returns>The new snapshot; <see langword="null"/> if the state in the store is older than the last snapshot. The caller then soon calls the
    /// method again, to find out whether the store has really lost the newer state.</returns>
    Task<KeySnapshot?> UpdateAsync(KeySnapshot? previous, KeyCommand? command, CancellationToken cancellationToken);

    /// <summary>
    /// Subscribes to changes: <paramref name="onChange"/> is called after another instance has changed the keys. For one change,
    /// <paramref name="onChange"/> can be called several times, late or not at all.
    /// </summary>
    Task SubscribeAsync(Action onChange, CancellationToken cancellationToken);
}
