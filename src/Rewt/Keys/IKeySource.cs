namespace Rewt.Internal;

/// <summary>
/// Reads the keys of one namespace, and rotates and revokes them where it can; there is an implementation for a shared secret, for key pairs and for
/// configured keys. A <see cref="KeyRingProvider"/> calls it, one call at a time, and answers requests from the snapshot that it returned last.
/// </summary>
internal interface IKeySource : IAsyncDisposable
{
    /// <summary>The store of live instances; <see langword="null"/> if there is none.</summary>
    IInstanceStore? Instances => null;

    /// <summary>Examines the server that stores the keys; <see langword="null"/> if there is none.</summary>
    IStoreDoctor? Doctor => null;

    /// <summary>The store of the tenants that were revoked or deleted; <see langword="null"/> where keys are not derived for tenants.</summary>
    ITenantStore? Tenants => null;

    /// <summary>The location of the keys, for messages to an operator.</summary>
    /// <param name="ring">The namespace.</param>
    string Location(string ring) => $"the key '{ring}:rewt-secret'";

    /// <summary>Whether a key of this source can have this id. The source is not read for an id that it cannot have.</summary>
    bool IsPossible(string keyId);

    /// <summary>Whether these keys are tried for tokens without a key id.</summary>
    bool TakesKeyless => false;

    /// <summary>Requests a key to sign with. A source that creates one key for each process creates none for a process that only verifies.</summary>
    /// <returns>Whether an update may provide a key that does not exist yet.</returns>
    bool WantSigningKey() => false;

    /// <summary>Makes the next update read the keys of this issuer too; <see langword="null"/> for a token without an issuer.</summary>
    /// <exception cref="RewtKeysUnavailableException">Too many issuers are waiting already.</exception>
    void Ask(string? issuer)
    {
    }

    /// <summary>Executes an operator's command, if any, and reads the keys.</summary>
    /// <param name="previous">The last snapshot.</param>
    /// <param name="command">The command; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels between two steps.</param>
    /// <returns>The new snapshot, or <see langword="null"/> while a reading is not confirmed; the caller refreshes again soon.</returns>
    Task<KeySnapshot?> UpdateAsync(KeySnapshot? previous, KeyCommand? command, CancellationToken cancellationToken);

    /// <summary>
    /// Calls <paramref name="onChange"/> after other instances have changed the keys. It is only a hint: it may come twice, late or not at all.
    /// </summary>
    Task SubscribeAsync(Action onChange, CancellationToken cancellationToken);
}
