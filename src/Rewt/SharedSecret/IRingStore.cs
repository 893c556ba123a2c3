namespace Rewt.Internal;

/// <summary>
/// The store of the ring of a shared secret, in Redis or in memory. The store reads the whole ring at once, and writes a change only if the ring has
/// not changed since it was read. The store makes no decisions about the keys.
/// </summary>
internal interface IRingStore : IAsyncDisposable
{
    /// <summary>The store of the list of live instances; <see langword="null"/> if this kind of store has none.</summary>
    IInstanceStore? Instances => null;

    /// <summary>The examination of the server; <see langword="null"/> if there is no server.</summary>
    IStoreDoctor? Doctor => null;

    /// <summary>
    /// The store of the tenants that were revoked or deleted; <see langword="null"/> if this kind of store does not support tenants.
    /// </summary>
    ITenantStore? Tenants => null;

    /// <summary>Applies the time limits of a start until a read succeeds, for at most 15 s, because the process was paused.</summary>
    void OnResumed()
    {
    }

    /// <summary>Reads the ring atomically. The store limits the time of the read.</summary>
    Task<RingReading> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes <paramref name="plan"/> if the secret and the ring are still as in <paramref name="basis"/>, and notifies the other instances.
    /// </summary>
    /// <returns><see langword="true"/> if the change was written; <see langword="false"/> if the ring had changed and nothing was written.</returns>
    Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken);

    /// <summary>
    /// Subscribes to changes: <paramref name="onChange"/> is called after another instance has changed the ring. For one change,
    /// <paramref name="onChange"/> may be called several times, late, or not at all.
    /// </summary>
    Task SubscribeAsync(Action onChange, CancellationToken cancellationToken);
}
