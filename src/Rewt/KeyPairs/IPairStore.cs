namespace Rewt.Internal;

/// <summary>
/// The store of the public keys that services with key pairs publish, in Redis or in memory. Each service has a ring, which is a set of entries that
/// only this service writes. The store also contains revocations. The store makes no decisions about the keys.
/// </summary>
internal interface IPairStore : IAsyncDisposable
{
    /// <summary>The store of the list of live instances; <see langword="null"/> if this kind of store has none.</summary>
    IInstanceStore? Instances => null;

    /// <summary>The object that examines the server for the doctor; <see langword="null"/> if there is no server.</summary>
    IStoreDoctor? Doctor => null;

    /// <summary>Applies the time limits of a start until a read succeeds, for at most 15 s, because the process was paused.</summary>
    void OnResumed()
    {
    }

    /// <summary>Reads the rings of services. The store limits the time of the read.</summary>
    /// <param name="services">The services that are known to exist.</param>
    /// <param name="asked">Further services, whose existence is unknown. The store sends additional commands only for a service that exists.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The rings of every service in <paramref name="services"/>, and of each existing service in <paramref name="asked"/>.</returns>
    Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the names of the services with published keys. The method is for the command-line tool only, because it may search the whole store.
    /// </summary>
    Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyCollection<string>>([]);

    /// <summary>Writes a change to the ring of a service. A repeated write has no further effect.</summary>
    /// <exception cref="UnauthorizedAccessException">The Redis user has no permission for the write.</exception>
    Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken);

    /// <summary>Revokes a key, and notifies the other instances.</summary>
    /// <param name="service">The service that owns the key; <see langword="null"/> to revoke the key for all services.</param>
    /// <param name="keyId">The id of the key to revoke.</param>
    /// <param name="now">The current time by the clock of the store.</param>
    /// <param name="forgetAt">The time at which the revocation may be removed from the store.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The time of the write by the clock of the store. Each later read returns the revocation.</returns>
    /// <exception cref="UnauthorizedAccessException">The Redis user has no permission for the write.</exception>
    /// <exception cref="OversizedKeyException">The list of the revocations for all services is full, so that another revocation would not be
    /// read.</exception>
    Task<StoreTime> RevokeAsync(string? service, KeyId keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken);

    /// <summary>
    /// Subscribes to changes: <paramref name="onChange"/> is called after another instance has written to the store. For one change,
    /// <paramref name="onChange"/> can be called several times, late or not at all.
    /// </summary>
    Task SubscribeAsync(Action onChange, CancellationToken cancellationToken);
}
