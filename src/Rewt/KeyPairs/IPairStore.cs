namespace Rewt.Internal;

/// <summary>
/// The store (Redis or memory) of the public keys that services with key pairs publish. Each service has a set of entries of its own there, its ring,
/// which only that service writes; the store also keeps revocations, and makes no decisions.
/// </summary>
internal interface IPairStore : IAsyncDisposable
{
    /// <summary>The store of live instances; <see langword="null"/> if there is none.</summary>
    IInstanceStore? Instances => null;

    /// <summary>Examines the server; <see langword="null"/> if there is none.</summary>
    IStoreDoctor? Doctor => null;

    /// <summary>Reads the rings of services, within the store's own time limit.</summary>
    /// <param name="services">The services that are known to exist.</param>
    /// <param name="asked">The services whose existence is unknown. One that does not exist costs no command of its own.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The rings of <paramref name="services"/>, and those of <paramref name="asked"/> that exist.</returns>
    Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken);

    /// <summary>Lists the services with published keys, for command-line tools: it may search the whole store.</summary>
    Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyCollection<string>>([]);

    /// <summary>Writes a change to a service's ring. Writing it twice has the same effect as once.</summary>
    /// <exception cref="UnauthorizedAccessException">The login has no permission.</exception>
    Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken);

    /// <summary>Revokes a key, and notifies the other instances.</summary>
    /// <param name="service">The service that owns the key; <see langword="null"/> to revoke it for all services.</param>
    /// <param name="keyId">The key id.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="forgetAt">When the revocation may be forgotten.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="UnauthorizedAccessException">The login has no permission.</exception>
    Task RevokeAsync(string? service, string keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken);

    /// <summary>Calls <paramref name="onChange"/> after another instance has written. It is only a hint: it may come twice, late or not at all.</summary>
    Task SubscribeAsync(Action onChange, CancellationToken cancellationToken);
}
