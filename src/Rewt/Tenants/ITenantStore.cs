namespace Rewt.Internal;

/// <summary>The store of the key rings of a namespace's tenants. All rings share one connection and one channel.</summary>
internal interface ITenantStore : IAsyncDisposable
{
    /// <summary>Returns the ring store of a tenant, whether the ring exists or not. Opening it sends no command, and disposing it has no effect.</summary>
    IRingStore Ring(string tenant);

    /// <summary>Returns the tenants that have a ring.</summary>
    Task<IReadOnlySet<string>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken);

    /// <summary>Lists all tenants that have a ring, for an operator. It scans the whole store.</summary>
    /// <exception cref="NotSupportedException">This store cannot list its tenants.</exception>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException("This store cannot list its tenants.");

    /// <summary>Calls <paramref name="onChange"/> after another instance has changed a tenant's ring. It is only a hint, and the name is unchecked.</summary>
    Task SubscribeAsync(Action<string> onChange, CancellationToken cancellationToken);
}
