namespace Rewt.Internal;

/// <summary>
/// The store (Redis or memory) of the ring of a shared secret: reads the whole ring at once, and writes a change only if the ring is still the same
/// as when it was read. It makes no decisions.
/// </summary>
internal interface IRingStore : IAsyncDisposable
{
    /// <summary>The store of live instances; <see langword="null"/> if there is none.</summary>
    IInstanceStore? Instances => null;

    /// <summary>Examines the server; <see langword="null"/> if there is none.</summary>
    IStoreDoctor? Doctor => null;

    /// <summary>The store of the tenants that were revoked or deleted; <see langword="null"/> where tenants are not supported.</summary>
    ITenantStore? Tenants => null;

    /// <summary>Reads the ring atomically, within the store's own time limit.</summary>
    Task<RingReading> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes <paramref name="plan"/> if the secret and the ring are still as in <paramref name="basis"/>, and notifies the other instances.
    /// </summary>
    /// <returns><see langword="false"/> when the ring has changed meanwhile and nothing was written.</returns>
    Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken);

    /// <summary>
    /// Calls <paramref name="onChange"/> after another instance has changed the ring. It is only a hint: it may come twice, late or not at all.
    /// </summary>
    Task SubscribeAsync(Action onChange, CancellationToken cancellationToken);
}
