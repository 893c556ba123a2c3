namespace Rewt.Internal;

/// <summary>Where the rings of a namespace's tenants are shared: one connection and one channel for all of them.</summary>
internal interface ITenantStore : IAsyncDisposable
{
    /// <summary>The ring of a tenant, whether there is one or not; opening it reaches no server and disposing it does nothing.</summary>
    IRingStore Ring(string tenant);

    /// <summary>Those of the tenants that have a ring.</summary>
    Task<IReadOnlySet<string>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken);

    /// <summary>All tenants that have a ring, for an operator: it goes through the whole store.</summary>
    /// <exception cref="NotSupportedException">This store cannot tell.</exception>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException("This store cannot list its tenants.");

    /// <summary>Calls <paramref name="look"/> when another instance has changed a tenant's ring. Only a hint, and what it names may be anything.</summary>
    Task SubscribeAsync(Action<string> look, CancellationToken cancellationToken);
}
